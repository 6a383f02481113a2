"""What a supporter prints: one letter, its envelope, or everything to post as one document."""

from flask import Response, request
from flask_babel import gettext as _

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.sheets import Envelope
from advocacy.domain.errors import InvalidError
from advocacy.gateways import current
from advocacy.gateways.pdf import Printed
from advocacy.gateways.phrases import load_pools, paper_words
from advocacy.operations import appeals
from advocacy.operations.appeals import Correspondence
from advocacy.operations.packets import packet_sheet
from advocacy.web.public import compose
from advocacy.web.public.compose import Typed, Visit
from advocacy.web.wording import locale


def letter(visit: Visit, typed: Typed) -> Response:
    """Return the letter to the addressee that the address names, for the post or to fax."""
    one = _asked_for(visit, typed)
    channel = Channel.FAX if request.args.get("channel") == Channel.FAX.value else Channel.POST
    sheet = appeals.letter_sheet(
        one, typed.wishes(""), channel=channel, today=visit.today, pools=load_pools(), window=typed.window
    )
    return _pdf(current().press.letter(sheet), f"letter-{visit.campaign.slug}.pdf")


def envelope(visit: Visit, typed: Typed) -> Response:
    sheet = appeals.envelope_sheet(_asked_for(visit, typed), typed.wishes(""), pools=load_pools())
    return _pdf(current().press.envelope(sheet), f"envelope-{visit.campaign.slug}.pdf")


def packet(visit: Visit, typed: Typed) -> Response:
    """Return a page that says what to do, a letter to each addressee, and the envelopes."""
    letters = compose.letters(visit, typed)
    refuse_faulty(letters)
    sheet = packet_sheet(
        visit.campaign,
        letters,
        typed.wishes(""),
        paper_words(locale().language),
        today=visit.today,
        pools=load_pools(),
        window=typed.window,
    )
    return _pdf(current().press.packet(sheet), f"letters-{visit.campaign.slug}.pdf")


def windows() -> list[tuple[str, str]]:
    """Return (size, label) of the window envelopes that a letter can be set for."""
    return [(size.value, _("With a window, %(size)s", size=size.value)) for size in Envelope]


def number(text: str) -> int:
    """Return the number of an addressee as a form names it. Raises InvalidError for anything else."""
    if text.isascii() and text.isdigit() and len(text) < 15:
        return int(text)
    raise InvalidError(_("There is no such way to reach anyone in this action."))


def refuse_faulty(letters: list[Correspondence]) -> None:
    """Raise InvalidError where something must be mended in one of the letters first."""
    excerpts = dict.fromkeys(problem.excerpt for one in letters for problem in one.problems)
    if excerpts:
        places = " ".join(f"“{excerpt}”" for excerpt in excerpts)
        raise InvalidError(_("Please put this right before you send it: %(places)s", places=places))


def _asked_for(visit: Visit, typed: Typed) -> Correspondence:
    letters = compose.letters(visit, typed)
    text = request.args.get("addressee", "")
    asked = number(text) if text else letters[0].row_id if letters else 0
    found = next((one for one in letters if one.row_id == asked), None)
    if found is None:
        raise InvalidError(_("There is no such way to reach anyone in this action."))
    refuse_faulty([found])
    return found


def _pdf(printed: Printed, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(printed.content, content_type="application/pdf", headers=headers)
