"""What Celery is told: queues, limits and the timetable. Knows neither tasks nor the Flask app, so that beat is light.

A message is a nudge and nothing more: the database is the queue, the schedule and the truth. So messages are
acknowledged early, no result is kept, and there is no task with a countdown.
"""

from typing import Any

from kombu.entity import Exchange, Queue

from advocacy.config import MailTransport, Settings

QUEUES = ("tick", "send", "single", "reports", "files")
"""One queue for each task module of this package."""

TICK_SECONDS = 5.0


def configuration(settings: Settings) -> dict[str, Any]:
    """Return what Celery (5.6 and 5.7) is told.

    Order that must hold: one request to the provider < a task's time limit < the broker's visibility timeout.
    """
    limit = time_limit(settings)
    return {
        "broker_url": settings.redis_url or "memory://",
        "result_backend": None,
        "task_ignore_result": True,
        "accept_content": ["json"],
        "task_serializer": "json",
        "timezone": "UTC",
        "enable_utc": True,
        "imports": tuple(f"workers.{queue}" for queue in QUEUES),
        "task_queues": [_queue(name) for name in QUEUES],
        "task_default_queue": "files",
        "task_create_missing_queues": False,
        "task_routes": {"engine.tick": {"queue": "tick"}, **{f"{name}.*": {"queue": name} for name in QUEUES}},
        "task_publish_retry": False,
        "task_acks_late": False,
        "task_time_limit": limit,
        "task_soft_time_limit": limit - 10,
        "beat_schedule": {
            "tick": {
                "task": "engine.tick",
                "schedule": TICK_SECONDS,
                "options": {"queue": "tick", "expires": 2 * TICK_SECONDS},
            }
        },
        "beat_scheduler": "celery.beat:Scheduler",  # One interval: there is nothing to keep in a file.
        "beat_max_loop_interval": TICK_SECONDS,
        "worker_concurrency": settings.worker_concurrency,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 1000,
        "worker_max_memory_per_child": 195_000,  # KiB, just below 200 MB
        "worker_soft_shutdown_timeout": drain_seconds(settings),
        "worker_redirect_stdouts": False,
        "worker_send_task_events": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_channel_error_retry": True,  # A broker that becomes a replica (a failover) must not end the workers.
        "broker_connection_timeout": 4,
        "broker_transport_options": {
            "visibility_timeout": limit + 30,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 10,
            "socket_connect_timeout": 4,
            "health_check_interval": 25,
            "max_retries": 1,
        },
    }


def _queue(name: str) -> Queue:
    return Queue(name, Exchange(name), routing_key=name)  # type: ignore[no-untyped-call]


def time_limit(settings: Settings) -> int:
    """Return the seconds after which a task is killed: its own twenty, and two requests to a slow provider."""
    return 60 + 2 * settings.provider_timeout


def drain_seconds(settings: Settings) -> int:
    """Return how long a worker that is told to stop may finish what it has in hand."""
    return 6 if settings.mail_transport is MailTransport.MAILBOX else settings.provider_timeout + 6
