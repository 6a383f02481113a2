"""What the Procfile starts: the Celery app joined to the Flask app. The only module here that acts on import."""

from advocacy import logs
from advocacy.app import create_app
from advocacy.startup import refuse_old_layout
from workers import celery_app, standin

logs.configure()
flask = create_app()
refuse_old_layout(flask)
app = celery_app.make(flask)
standin.watch_over(app)
