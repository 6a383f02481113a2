"""Logs: JSON lines with ids, never an address, a name or a token."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_ADDRESS = re.compile(r"[^\s@<>\"'(),;:/]+@[^\s@<>\"'(),;:/]+\.[^\s@<>\"'(),;:/]+")
_TOKEN_PATH = re.compile(
    r"/(act|confirm|unsubscribe|preferences|data|sign-in|reset|verify|invite|mailbox)/[^\s/?#\"']+"
)
_TOKEN = re.compile(
    r"\bSG\.[\w-]+\.[\w-]+"  # a SendGrid key
    r"|(?<![\w-])[\w-]{2,}\.[\w-]{27}(?![\w-])"  # a signed token of ours
    r"|(?<![\w.-])\d+(?:\.\d+)?\.[\w-]{22}(?![\w-])"  # a link's token of ours
    r"|(?<![\w-])[\w-]{43}(?![\w-])"  # a random token of ours
)
_QUIET = ("celery.app.trace", "celery.worker.strategy", "celery.beat", "alembic", "kombu")
"""They tell each nudge and each step; only their warnings are news."""


def masked(text: str) -> str:
    """Return the text without e-mail addresses, tokens and provider keys."""
    text = _TOKEN_PATH.sub(r"/\1/…", text)
    return _TOKEN.sub("…", _ADDRESS.sub("…@…", text))


def mask(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every text of a log line, however deep it stands; the last step before it is written."""
    for key, value in event.items():
        event[key] = _masked_deep(value)
    return event


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send all logs of this process, libraries' too, to stderr (or `stream`) as JSON lines. Twice is harmless."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("celery.beat").addFilter(_first_line)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, level))


def _first_line(record: logging.LogRecord) -> bool:
    """While the broker is away beat writes two stacks every few seconds; its first line says it all."""
    record.msg, record.args = record.getMessage().splitlines()[0] if record.getMessage() else "", None
    record.exc_info = None
    return True


def _masked_deep(value: object) -> object:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _masked_deep(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked_deep(each) for each in value]
    if isinstance(value, bool | int | float | None):
        return value
    return masked(str(value))
