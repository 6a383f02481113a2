"""The command line: `advocacy NOUN VERB`. One module per noun, loaded when it is asked for."""

from importlib import import_module

import click

COMMANDS = {
    "appeal": "advocacy.cli.appeal:appeal",
    "up": "advocacy.cli.up:up",
    "sample": "advocacy.cli.sample:load_sample",
    "audit": "advocacy.cli.audit:audit",
    "blasts": "advocacy.cli.blasts:blasts",
    "engine": "advocacy.cli.engine:engine",
    "bench": "advocacy.cli.bench:bench",
    "campaigns": "advocacy.cli.campaigns:campaigns",
    "organisers": "advocacy.cli.organisers:organisers",
    "read": "advocacy.cli.read:read",
    "supporters": "advocacy.cli.supporters:supporters",
    "rehearse": "advocacy.cli.rehearse:rehearse",
    "migrate": "advocacy.cli.database:migrate",
    "backup": "advocacy.cli.database:backup",
    "restore": "advocacy.cli.database:restore",
    "doctor": "advocacy.cli.doctor:doctor",
    "sendgrid-double": "advocacy.cli.double:sendgrid_double",
}
"""A command's name and where it stands."""


class _Lazy(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        place = COMMANDS.get(name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="advocacy")
def advocacy() -> None:
    """Urgent actions: documents become campaigns, campaigns become letters people really send."""
