"""A supporter's letters to all addressees as one document to print."""

from collections.abc import Sequence
from datetime import date

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.packet import Enclosure, PacketSheet, packet_data
from advocacy.domain.appeal.paper_words import PaperWords
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.sheets import Envelope
from advocacy.domain.appeal.subject import as_subject
from advocacy.domain.arrival import Arrival, Band
from advocacy.domain.errors import InvalidError
from advocacy.models.campaign import Campaign
from advocacy.operations import appeals
from advocacy.operations.appeals import Correspondence, Wishes
from advocacy.operations.routing import Routed


def packet_sheet(
    campaign: Campaign,
    letters: Sequence[Correspondence],
    wishes: Wishes,
    words: PaperWords,
    *,
    today: date,
    pools: Pools,
    window: Envelope | None = None,
) -> PacketSheet:
    """Return everything to post in one campaign. `words` are in the supporter's language, `letters` as `appeals.correspondence` made them.

    With `window` the letters are set for window envelopes of that size. Raises InvalidError where nobody is reached by post, the
    campaign has no deadline, or something must be mended in a letter first.
    """
    problems = [problem.sentence for one in letters for problem in one.problems]
    if problems:
        said = " ".join(dict.fromkeys(problems))
        raise InvalidError(said)
    by_post = [(one, mail) for one in letters if (mail := _mail_to(one)) is not None]
    if not by_post or campaign.deadline is None:
        raise InvalidError("Nobody in “%(title)s” can be written to by post.", title=campaign.title)
    return packet_data(
        [_enclosure(one, wishes, mail, today=today, pools=pools) for one, mail in by_post],
        [one.addressee for one in letters if _mail_to(one) is None],
        words,
        title=as_subject(campaign.title, campaign.language),
        deadline_day=campaign.deadline,
        window=window,
    )


def _enclosure(one: Correspondence, wishes: Wishes, mail: Routed, *, today: date, pools: Pools) -> Enclosure:
    return Enclosure(
        addressee=one.addressee,
        letter=appeals.letter_sheet(one, wishes, channel=Channel.POST, today=today, pools=pools),
        envelope=appeals.envelope_sheet(one, wishes, pools=pools),
        post_by=mail.forecast.post_by,
        in_time=mail.forecast.in_time,
        abroad=mail.forecast.band is Band.ABROAD,
    )


def _mail_to(one: Correspondence) -> Routed | None:
    """Return how a letter reaches this addressee, None where no post takes it."""
    way = one.way(Channel.POST)
    if way is None or way.mail is None or way.mail.forecast.arrival is Arrival.SUSPENDED:
        return None
    return way.mail
