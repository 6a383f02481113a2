"""What the Procfile starts: the Celery app joined to the Flask app. The only module here that acts on import."""

from advocacy import logs
from advocacy.app import create_app
from workers import celery_app, standin

logs.configure()
app = celery_app.make(create_app())
standin.watch_over(app)
