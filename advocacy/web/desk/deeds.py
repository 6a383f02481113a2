"""How the desk names what the audit log holds."""

from flask import Blueprint
from flask_babel import gettext as _

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
