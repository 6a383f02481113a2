"""The configuration of gunicorn for `plain_sign_up`: ours, without what asks our own app or writes our logs."""

from advocacy.serving import control_socket_disable, keepalive, threads, worker_class, workers

__all__ = ["control_socket_disable", "keepalive", "threads", "worker_class", "workers"]
