"""Celery: wake up, call one operation. A message is a nudge: lost, doubled or late, it changes only latency."""
