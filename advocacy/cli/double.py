"""`advocacy sendgrid-double`: our stand-in for SendGrid."""

from pathlib import Path

import click

from advocacy.cli.context import note, print_json
from advocacy.sendgrid_double.disorder import Disorder
from advocacy.sendgrid_double.program import Options, run
from advocacy.sendgrid_double.reference import reference
from advocacy.sendgrid_double.switches import Switches, told
from advocacy.sendgrid_double.taking import Checks

_FILE = click.Path(dir_okay=False, path_type=Path)


def _reference(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted and not context.resilient_parsing:
        click.echo(reference(), nl=False)
        context.exit()


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), required=True, help="Where it listens, on this machine only.")
@click.option("--ledger", type=_FILE, help="A JSON line for each request it took.")
@click.option("--faults", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What goes wrong (JSON).")
@click.option("--fault", "rates", multiple=True, metavar="NAME=SHARE", help="A fault for a share, as 429x20=0.01.")
@click.option("--fault-at", "script", multiple=True, metavar="N=NAME", help="A fault from the Nth request on.")
@click.option("--fate", "fates", multiple=True, metavar="NAME=SHARE", help="What becomes of mails, as bounce=0.02.")
@click.option("--events", "untidy", multiple=True, metavar="NAME=VALUE", help="How untidy events are, as lost_ids=0.1.")
@click.option("--switch", "switches", multiple=True, metavar="NAME=VALUE", help="What nobody knows, as gzip=yes.")
@click.option("--webhook", default="", help="Where events are posted, as http://localhost:8000/hooks/sendgrid.")
@click.option("--api-key", "api_keys", multiple=True, default=("SG.double",), show_default=True)
@click.option("--scope", "scopes", multiple=True, help="What the keys may do; without any, everything.")
@click.option("--sender", "senders", multiple=True, help="A verified address or domain; without any, all are.")
@click.option("--credits", type=click.IntRange(0), help="How many mails the plan has left; a trial has 100 a day.")
@click.option("--key-file", type=_FILE, help="Keeps the key that signs the events.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="How many times faster things happen.")
@click.option("--clock-offset-file", type=_FILE, help="Seconds added to its clock, read anew each time.")
@click.option("--checks", type=click.Choice([one.value for one in Checks]), default="all", show_default=True)
@click.option(
    "--sample", type=click.IntRange(1), default=20, show_default=True, help="With --checks sample: 1 of so many."
)
@click.option("--keep", type=click.IntRange(0), default=5000, show_default=True, help="How many mails its page shows.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed, the same faults and fates.")
@click.option(
    "--reference",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_reference,
    help="Print every rule, switch, fault, fate and kind of disorder as Markdown, and end.",
)
def sendgrid_double(checks: str, untidy: tuple[str, ...], switches: tuple[str, ...], **given: object) -> None:
    """Stand in for SendGrid: stricter than the real one, with a ledger, faults and signed events.

    Look at http://127.0.0.1:PORT/ to see what it was sent. Prints its figures, its CPU among them, when stopped.
    docs/sendgrid-double.md names every rule, switch, fault, fate and kind of disorder.
    """
    try:
        chosen = {"disorder": told(Disorder, untidy), "switches": told(Switches, switches)}
        figures = run(Options(checks=Checks(checks), **chosen, **given), note)  # type: ignore[arg-type]
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    print_json(figures)
