"""Celery: wake up, call one operation. Start reading at celery_app.py."""
