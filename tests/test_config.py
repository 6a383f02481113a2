"""The settings: what start-up refuses, by name and without printing a value."""

import os
from pathlib import Path

import pytest

from advocacy.config import Settings, SettingsError, load

SECRET = "canary-" + "x" * 40
WEBHOOK_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkJnxCxufWeTHKup2WaXG0x3wm9"
    "cdlCWOumi8qWpOQiusW8lxgbDQtDTUgotwQpReBf3GwaWr73aA5DKulgG8nw=="
)
SENDGRID = {
    "mail_transport": "sendgrid",
    "sendgrid_api_key": "SG.canary",
    "mail_from": "actions@lantern.example",
    "organisation_name": "Lantern",
    "organisation_address": "1 Harbour Street, Halifax",
    "public_url": "https://act.lantern.example",
}
IDENTITY = {name: SENDGRID[name] for name in ("mail_from", "organisation_name", "organisation_address")}
PRODUCTION = {"advocacy_env": "production", "secret_key": SECRET, "public_url": "https://act.lantern.example"}


def read(tmp_path: Path, **settings: object) -> Settings:
    return load(Path(os.devnull), **({"instance_path": tmp_path} | settings))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "a secret that is short": ({"secret_key": "canary"}, "SECRET_KEY has 6 characters"),
    "a secret that is also an old one": ({"secret_key": SECRET, "secret_keys_old": SECRET}, "SECRET_KEYS_OLD"),
    "another database without a secret": ({"database_url": "postgresql://host/name"}, "Missing settings: SECRET_KEY"),
    "a provider without its keys": ({"mail_transport": "sendgrid"}, "SENDGRID_API_KEY, SENDGRID_WEBHOOK_KEY"),
    "smtp without an address": ({"mail_transport": "smtp"}, "SMTP_URL"),
    "a webhook key in a PEM frame": (
        SENDGRID | {"sendgrid_webhook_key": "-----BEGIN PUBLIC KEY-----"},
        "SENDGRID_WEBHOOK_KEY",
    ),
    "plain http in production": (PRODUCTION | {"public_url": "http://act.lantern.example"}, "https://"),
    "no address in production": ({"advocacy_env": "production", "secret_key": SECRET}, "PUBLIC_URL"),
    "this machine in production": (PRODUCTION | {"public_url": "https://localhost"}, "names this machine only"),
    "an address with a path": ({"public_url": "https://lantern.example/act"}, "must end after the host"),
    "an address with a password": ({"public_url": "https://robin:canary@lantern.example"}, "no user name"),
    "no address at all": ({"public_url": "lantern.example"}, "whole address"),
    "a number with a unit": ({"provider_timeout": "10s"}, "PROVIDER_TIMEOUT"),
    "a negative number": ({"port": -1}, "PORT"),
    "no workers": ({"worker_concurrency": 0}, "WORKER_CONCURRENCY"),
    "a quarantine shorter than a request": ({"quarantine": 10}, "QUARANTINE must be longer than PROVIDER_TIMEOUT"),
    "an unknown zone": ({"timezone": "Europe/Atlantis"}, "TIMEZONE"),
    "a crash point outside tests": ({"fault": "send.claimed:1"}, "FAULT is for tests"),
    "a moved clock outside tests": ({"clock_offset_file": "offset"}, "CLOCK_OFFSET_FILE is for tests"),
}


@pytest.mark.parametrize(("given", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_start_up_refuses(tmp_path: Path, given: dict[str, object], told: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(tmp_path, **given)

    assert told in str(refusal.value)
    assert "canary" not in str(refusal.value)


def test_a_complete_set_of_settings_is_taken(tmp_path: Path) -> None:
    settings = read(tmp_path, **(PRODUCTION | SENDGRID | {"sendgrid_webhook_key": WEBHOOK_KEY}))

    assert settings.base_url == "https://act.lantern.example"
    assert settings.secure_cookies
    assert "canary" not in repr(settings)


def test_a_slash_at_the_end_of_the_address_is_taken_off(tmp_path: Path) -> None:
    assert read(tmp_path, public_url="https://act.lantern.example/").base_url == "https://act.lantern.example"


def test_a_misspelt_name_in_the_file_is_refused_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SENDGRID_API_KYE=x\n", encoding="utf-8")

    with pytest.raises(SettingsError, match=r"SENDGRID_API_KYE\. Did you mean SENDGRID_API_KEY"):
        load(file, instance_path=tmp_path)


def test_the_secret_of_an_embedded_instance_is_made_once_and_kept(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key.get_secret_value()) >= 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_secret_file_others_can_read_is_refused(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "secret_key").chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        read(tmp_path)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_addresses_of_postgresql_are_understood_as_platforms_write_them(tmp_path: Path, scheme: str) -> None:
    settings = read(tmp_path, database_url=f"{scheme}://u:p@host/name", secret_key=SECRET)

    assert settings.sqlalchemy_url == "postgresql+psycopg://u:p@host/name"


def test_the_instance_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    read(tmp_path / "made")

    assert (tmp_path / "made").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, ("sender", "address", "contact")),
        ({name: IDENTITY[name] for name in IDENTITY if name != "mail_from"}, ("contact",)),
        (IDENTITY | {"mail_from": "no-reply@lantern.example"}, ("contact",)),
        (IDENTITY | {"mail_from": "noreply@lantern.example", "organisation_contact": "team@lantern.example"}, ()),
        (IDENTITY, ()),
    ],
    ids=["nothing", "no address of ours", "an address nobody reads", "another to answer to", "all"],
)
def test_what_people_must_be_told_of_us_is_named_where_it_is_missing(
    tmp_path: Path, given: dict[str, str], missing: tuple[str, ...]
) -> None:
    assert read(tmp_path, **given).unnamed == missing
