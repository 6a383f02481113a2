"""What commands share: the app around them, errors a person can read, data on stdout and progress on stderr."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
from flask import Flask

from advocacy.config import SettingsError
from advocacy.domain.errors import AdvocacyError, InvalidError

P = ParamSpec("P")
R = TypeVar("R")


def with_app(command: Callable[Concatenate[Flask, P], R]) -> Callable[P, R]:
    """Run the command inside an app made from the settings; it gets the app first. Refusals exit with 1."""

    @click.pass_context
    @wraps(command)
    def run(ctx: click.Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with refusals():
            app: Flask = ctx.find_root().obj()
            with app.app_context():
                return command(app, *args, **kwargs)

    return run


class refusals:  # noqa: N801 - reads as a statement: `with refusals():`
    """Turn what was refused into one readable line on stderr and exit code 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, AdvocacyError | SettingsError):
            faults = error.faults.items() if isinstance(error, InvalidError) else ()
            said = str(error)
            raise click.ClickException(
                "\n".join([said, *(f"  {each}: {why}" for each, why in faults if why not in said)])
            )


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def note(text: str) -> None:
    """Say something that is not data."""
    click.echo(text, err=True)
