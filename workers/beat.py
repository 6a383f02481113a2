"""What the Procfile's beat starts: the timetable alone, without tasks and without the app. Acts on import."""

from celery import Celery, signals

from advocacy import logs
from advocacy.config import load
from workers.timetable import configuration


def _log(**_: object) -> None:
    logs.configure()


signals.setup_logging.connect(_log, weak=False)
app = Celery("advocacy")
app.conf.update(configuration(load()) | {"imports": ()})
