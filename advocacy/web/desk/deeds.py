"""How the desk names what the audit log holds."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask import Blueprint
from flask_babel import get_domain
from flask_babel import gettext as _

from advocacy.domain.addressee import Channel
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.models.installation import AuditEntry
from advocacy.web.desk.words import channel_word, mail_name, weekday
from advocacy.web.sentences import state_word

_PERSON = re.compile(r"organiser:\d+")
_BY = re.compile(r"(paused|resumed) by (.+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

bp = Blueprint("desk_deeds", __name__)


@bp.app_template_filter("deed")
def deed(what: str) -> str:
    """What was done, in words; a kind that nobody has named is shown as it is stored."""
    return words().get(what, what)


def words() -> dict[str, str]:
    return {
        "blast.complaints": _("A mail was paused for complaints"),
        "blast.drafted": _("A mail was drafted"),
        "blast.state": _("A mail's state changed"),
        "blast.subject_chosen": _("The better subject was chosen"),
        "blast.thrown_away": _("A mail's draft was thrown away"),
        "campaign.cadence": _("A cadence was changed"),
        "campaign.copied": _("A campaign was copied"),
        "campaign.deadline": _("A deadline was moved"),
        "campaign.edited": _("A campaign was edited"),
        "campaign.followed": _("A campaign was followed by the next one"),
        "campaign.imported": _("A document was read"),
        "campaign.kept_apart": _("An update was kept as a campaign of its own"),
        "campaign.opens_asked": _("Counting opens was switched on"),
        "campaign.opens_stopped": _("Counting opens was switched off"),
        "campaign.reviewed": _("A campaign was reviewed"),
        "campaign.started": _("An empty draft was begun"),
        "campaign.state": _("A campaign's state changed"),
        "campaign.thrown_away": _("A campaign's draft was thrown away"),
        "campaign.translated": _("A campaign was translated"),
        "campaign.translation_removed": _("A translation was removed"),
        "campaign.updated": _("A campaign was updated by a document"),
        "database.restored": _("The database was restored"),
        "dispatch.decided": _("A request in doubt was decided"),
        "dispatch.duplicate": _("A request was taken twice"),
        "domain.green": _("The sending domain became ready"),
        "domain.not_green": _("The sending domain is not ready any more"),
        "embassy.add": _("An embassy was added"),
        "embassy.change": _("An embassy was changed"),
        "embassy.take_off": _("An embassy was taken off the list"),
        "embassy.undo": _("A change of an embassy was undone"),
        "engine.resumed": _("A held database was let send"),
        "organiser.added": _("Somebody was invited"),
        "organiser.let_in": _("Somebody was let in again"),
        "organiser.link_used": _("A link to sign in was used"),
        "organiser.one_time_link": _("A one-time link was made"),
        "organiser.password": _("A password was changed"),
        "organiser.reset": _("A new password was asked for"),
        "organiser.role": _("A role was changed"),
        "organiser.shut_out": _("Somebody was shut out"),
        "phrasings.save": _("The words of letters were changed"),
        "rules.changed": _("The rules were changed"),
        "sample.loaded": _("The sample campaign was loaded"),
        "stall.enter": _("Letters from a table were entered"),
        "stall.take_back": _("Letters from a table were taken back"),
        "supporter.data_taken": _("A supporter's data was taken out"),
        "supporter.erase": _("A supporter was erased"),
        "supporter.looked_up": _("A supporter was looked up"),
        "supporter.opened": _("A supporter's page was opened"),
        "supporter.stop": _("Mail to a supporter was stopped"),
        "supporter.undo": _("A stop was taken back"),
        "supporters.downloaded": _("A list was downloaded"),
        "supporters.export_deleted": _("A list was deleted"),
        "supporters.export_ordered": _("A list was asked for"),
        "supporters.exported": _("A list was made"),
        "supporters.import_begun": _("Taking a list in was begun"),
        "supporters.imported": _("A list was taken in"),
        "supporters.tagged": _("A tag was given or taken"),
        "supporters.undo_begun": _("Undoing a list was begun"),
        "supporters.undone": _("A list was undone"),
        "supporters.untagged": _("A change of a tag was undone"),
        "trial.ended": _("The trial was ended"),
    }


@bp.app_template_filter("particulars")
def particulars(entry: AuditEntry, names: Mapping[str, str]) -> Iterator[str]:
    """What an entry says besides, each as "name: value" in the reader's words; `names` are people by how the log knows them.

    What nobody has named is shown as it is stored.
    """
    labels = {
        "all": _("all of them"),
        "channel": _("way"),
        "decision": _("decision"),
        "doubts": _("left to check"),
        "fields": _("fields"),
        "from": _("before"),
        "people": _("people"),
        "role": _("role"),
        "rows": _("rows"),
        "rule": _("mail"),
        "selection": _("chosen"),
        "title": _("title"),
        "to": _("then"),
        "why": _("why"),
    }
    for name, value in entry.details.items():
        if value:
            parts = value if isinstance(value, list | tuple | dict) else [value]
            yield f"{labels.get(name, name)}: {', '.join(_value(name, part, names) for part in parts)}"


def _value(name: str, value: Any, names: Mapping[str, str]) -> str:
    if not isinstance(value, str):
        return str(value)
    if name in {"from", "to", "why", "role"}:
        known: dict[str, str] = _states() | {
            "owner": _("Owner"),
            "organiser": _("Organiser"),
            "viewer": _("Viewer"),
            "launched": _("launched"),
        }
        if value in known:
            return known[value]
    if name == "rule":
        return mail_name(value)
    if name == "channel" and value in set(Channel):
        return channel_word(Channel(value))
    if name == "decision":
        return str({"resend": _("send again"), "leave": _("leave it")}.get(value, value))
    if _DAY.fullmatch(value):
        return weekday(date.fromisoformat(value))
    return _PERSON.sub(lambda found: names.get(found.group(), found.group()), _reason(value))


def _reason(value: str) -> str:
    """Return a reason, which the log keeps in English, in the reader's language where its sentence is known."""
    by = _BY.fullmatch(value)
    if by:
        told = {"paused": _("paused by %(actor)s", actor=by[2]), "resumed": _("resumed by %(actor)s", actor=by[2])}
        return str(told[by[1]])
    return str(get_domain().get_translations().ugettext(value))


def _states() -> dict[str, str]:
    return {state.value: state_word(state) for state in (*CampaignState, *BlastState)}
