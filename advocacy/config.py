"""Every setting, read once and checked at start. `.env.example` describes each."""

import base64
import difflib
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SHORTEST_SECRET = 32

_NOBODY_READS = re.compile(r"(no|donot|do-not|dont)[-_.]?reply", re.IGNORECASE)


class SettingsError(Exception):
    """The settings cannot be used; the message names each one at fault and what to do."""


class Env(StrEnum):
    LOCAL = "local"
    PRODUCTION = "production"
    TEST = "test"


class MailTransport(StrEnum):
    MAILBOX = "mailbox"
    SENDGRID = "sendgrid"
    SMTP = "smtp"


class AmbiguousPolicy(StrEnum):
    """What settles a dispatch of which nobody knows whether the provider took it (engine.md, Ambiguous)."""

    EVIDENCE = "evidence"
    ASK = "ask"


class Settings(BaseSettings):
    """The settings in force. Build it with `load()`."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    advocacy_env: Env = Env.LOCAL
    instance_path: Path = Path("instance")
    database_url: str = ""
    redis_url: str = ""
    secret_key: SecretStr = SecretStr("")
    secret_keys_old: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    public_url: str = ""
    port: int = Field(default=8000, ge=1, le=65535)
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    mail_transport: MailTransport = MailTransport.MAILBOX
    mail_from: str = "actions@localhost.example"
    mail_from_name: str = ""
    sendgrid_api_key: SecretStr = SecretStr("")
    sendgrid_api_url: str = "https://api.sendgrid.com"
    sendgrid_webhook_key: str = ""
    smtp_url: SecretStr = SecretStr("")
    organisation_name: str = "Your organisation"
    organisation_address: str = "Your organisation's postal address (set ORGANISATION_ADDRESS)"
    organisation_contact: str = ""
    timezone: str = "UTC"
    languages: Annotated[tuple[str, ...], NoDecode] = ("en", "fr", "es", "de")
    provider_timeout: int = Field(default=20, ge=1, le=120, description="seconds for one request to the provider")
    quarantine: int = Field(default=900, ge=1, description="seconds before an unanswered dispatch may be given up")
    ambiguous_policy: AmbiguousPolicy = AmbiguousPolicy.EVIDENCE
    worker_concurrency: int = Field(default=2, ge=1, le=64)
    fault: str = ""
    fault_seed: int = 0
    clock_offset_file: Path | None = None

    @field_validator("languages", "secret_keys_old", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Lists are written with commas in the environment."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"“{value}” is no time zone; write it as in Europe/Paris")
        return value

    @field_validator("database_url")
    @classmethod
    def _driver(cls, value: str) -> str:
        """Platforms hand out postgres:// addresses; SQLAlchemy wants the driver named."""
        for scheme in ("postgres://", "postgresql://"):
            if value.startswith(scheme):
                return "postgresql+psycopg://" + value.removeprefix(scheme)
        return value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        faults = [*self._test_only(), *self._missing(), *self._weak()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _test_only(self) -> list[str]:
        if self.advocacy_env is Env.TEST:
            return []
        given = {"FAULT": self.fault, "FAULT_SEED": self.fault_seed, "CLOCK_OFFSET_FILE": self.clock_offset_file}
        return [
            f"{name} is for tests and is refused unless ADVOCACY_ENV=test" for name, value in given.items() if value
        ]

    def _missing(self) -> list[str]:
        wanted: dict[str, bool] = {}
        if self.mail_transport is MailTransport.SENDGRID:
            wanted |= {
                "SENDGRID_API_KEY": bool(self.sendgrid_api_key.get_secret_value()),
                "SENDGRID_WEBHOOK_KEY": bool(self.sendgrid_webhook_key),
            }
        if self.mail_transport is MailTransport.SMTP:
            wanted["SMTP_URL"] = bool(self.smtp_url.get_secret_value())
        if self.mail_transport is not MailTransport.MAILBOX:
            wanted |= {
                name: name.lower() in self.model_fields_set
                for name in ("MAIL_FROM", "ORGANISATION_NAME", "ORGANISATION_ADDRESS", "PUBLIC_URL")
            }
        if not self.embedded or self.advocacy_env is Env.PRODUCTION:
            wanted["SECRET_KEY"] = bool(self.secret_key.get_secret_value())
        missing = [name for name, there in wanted.items() if not there]
        return [f"Missing settings: {', '.join(missing)}. See .env.example"] if missing else []

    def _weak(self) -> list[str]:
        faults = []
        secret = self.secret_key.get_secret_value()
        if secret and len(secret) < SHORTEST_SECRET:
            faults.append(f"SECRET_KEY has {len(secret)} characters; it needs at least {SHORTEST_SECRET}")
        if secret and self.secret_key in self.secret_keys_old:
            faults.append("SECRET_KEY is among SECRET_KEYS_OLD; an old key must not be the current one")
        if self.public_url or self.advocacy_env is Env.PRODUCTION:
            faults += address_faults(self.public_url, production=self.advocacy_env is Env.PRODUCTION)
        if self.sendgrid_webhook_key and not is_webhook_key(self.sendgrid_webhook_key):
            faults.append(
                "SENDGRID_WEBHOOK_KEY is no public key as SendGrid shows it "
                "(Settings, Mail Settings, Event Webhook: one line of base64, no PEM frame)"
            )
        if self.quarantine <= self.provider_timeout:
            faults.append("QUARANTINE must be longer than PROVIDER_TIMEOUT")
        return faults

    @property
    def embedded(self) -> bool:
        """Whether the database is the one that comes with us, in the instance folder."""
        return not self.database_url

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.embedded_file.absolute()}"

    @property
    def embedded_file(self) -> Path:
        return self.instance_path / "advocacy.sqlite"

    @property
    def base_url(self) -> str:
        """Where all links point, without a slash at the end. Never taken from a request."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def sender_name(self) -> str:
        return self.mail_from_name or self.organisation_name

    @property
    def contact(self) -> str:
        """The address at which people reach us: it stands in each mail and on each page."""
        return self.organisation_contact or self.mail_from

    @property
    def unnamed(self) -> tuple[str, ...]:
        """What people must be told of us and nobody has set, of "sender", "address" and "contact".

        CASL and CAN-SPAM ask for a name, a postal address and a way to answer that works: no address nobody reads.
        """
        plain = {name: field.default for name, field in type(self).model_fields.items()}
        missing = {
            "sender": self.organisation_name == plain["organisation_name"],
            "address": self.organisation_address == plain["organisation_address"],
            "contact": self.contact == plain["mail_from"] or bool(_NOBODY_READS.match(self.contact)),
        }
        return tuple(name for name, is_missing in missing.items() if is_missing)

    def lacking(self, told: Mapping[str, str]) -> dict[str, str]:
        """Return those of these settings that nobody gave."""
        return {name: value for name, value in told.items() if name not in self.model_fields_set}

    @property
    def request_timeout(self) -> timedelta:
        return timedelta(seconds=self.provider_timeout)

    def secrets(self) -> tuple[str, ...]:
        """Return the secret in force, then the old ones."""
        return (self.secret_key.get_secret_value(), *(old.get_secret_value() for old in self.secret_keys_old))


def address_faults(url: str, *, production: bool) -> list[str]:
    """Return what is wrong with the address all links are built from."""
    parts = urlsplit(url)
    faults = []
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        faults.append("PUBLIC_URL must be a whole address, such as https://act.example.org")
    if parts.path.rstrip("/") or parts.query or parts.fragment:
        faults.append("PUBLIC_URL must end after the host: pages cannot live below a path")
    if parts.username is not None or parts.password is not None:
        faults.append("PUBLIC_URL must hold no user name or password: it stands in every mail")
    if production and parts.scheme != "https":
        faults.append("PUBLIC_URL must begin with https:// in production")
    if production and parts.hostname in {"localhost", "127.0.0.1", "::1"}:
        faults.append("PUBLIC_URL names this machine only; in production supporters must reach it")
    return faults


def is_webhook_key(text: str) -> bool:
    """Return whether the text is a P-256 public key in base64, as SendGrid shows it."""
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)


def load(env_file: Path | None = None, **overrides: object) -> Settings:
    """Read the settings from the environment and, below it, from `.env`; make a secret for an embedded instance.

    Raises SettingsError naming every setting at fault. A name in `.env` that is no setting of ours is refused; the
    environment itself is shared with the whole machine, so unknown names there are not ours to judge.
    """
    path = env_file or Path(".env")
    if path.is_file():
        _refuse_unknown(path)
    try:
        settings = Settings(_env_file=path if path.is_file() else None, **overrides)  # type: ignore[call-arg, arg-type]
    except ValidationError as error:
        raise SettingsError(_readable(error)) from None
    if not settings.secret_key.get_secret_value():
        settings = settings.model_copy(update={"secret_key": SecretStr(_kept_secret(settings.instance_path))})
    return settings


def _refuse_unknown(path: Path) -> None:
    known = [name.upper() for name in Settings.model_fields]
    for name in dotenv_values(path):
        if name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f" Did you mean {near[0]}?" if near else " See .env.example."
            raise SettingsError(f"{path.name} has a setting that does not exist: {name}.{hint}")


def _readable(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in fault["loc"]).upper()
        message = fault["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {message}" if name else message)
    return "\n".join(lines)


def _kept_secret(instance: Path) -> str:
    """Return the secret kept in the instance folder, making it once. Only its owner may read it."""
    path = instance / "secret_key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = instance / f".secret_key.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(draft)  # Of two processes starting at once the first one's secret stays.
        draft.unlink()
    if path.stat().st_mode & 0o077:
        raise SettingsError(f"{path} can be read by others on this machine. Run: chmod 600 {path}")
    return path.read_text(encoding="ascii").strip()
