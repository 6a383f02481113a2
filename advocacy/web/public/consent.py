"""What stands beside the boxes of a sign-up form. The ledger keeps these very words, so a change needs a new version."""

from flask import request
from flask_babel import gettext as _

from advocacy.operations.joining import Wordings
from advocacy.web.requests import settings
from advocacy.web.wording import locale

VERSION = "2026-11"


def campaign_wording() -> str:
    return str(
        _(
            "I agree that %(organisation)s e-mails me about this urgent action until its deadline, and keeps what I "
            "typed here for that. I know that taking part can show a political opinion. I can stop at any time with "
            "one click.",
            organisation=settings().organisation_name,
        )
    )


def alerts_wording() -> str:
    return str(
        _(
            "E-mail me each new urgent action of %(organisation)s, too. I can stop at any time with one click.",
            organisation=settings().organisation_name,
        )
    )


def alerts_only_wording() -> str:
    return str(
        _(
            "I agree that %(organisation)s e-mails me each new urgent action, and keeps what I typed here for that. I "
            "know that taking part can show a political opinion. I can stop at any time with one click.",
            organisation=settings().organisation_name,
        )
    )


def shown(*, alerts_only: bool) -> Wordings:
    """Return the words of this form as they stand on the page, with where it stood."""
    return Wordings(
        campaign=campaign_wording(),
        alerts=alerts_only_wording() if alerts_only else alerts_wording(),
        version=VERSION,
        language=locale().language,
        source=f"{settings().base_url}{request.path}",
    )
