"""A supporter's letters to all addressees as one document to print."""

from collections.abc import Sequence
from datetime import date

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.packet import Enclosure, PacketSheet, packet_data
from advocacy.domain.appeal.paper_words import PaperWords
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.sheets import Envelope
from advocacy.domain.appeal.subject import as_subject
from advocacy.domain.arrival import Band, arrival
from advocacy.domain.errors import InvalidError
from advocacy.models.campaign import Campaign
from advocacy.operations import appeals
from advocacy.operations.appeals import Correspondence, Wishes


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
        raise InvalidError(" ".join(dict.fromkeys(problems)))
    by_post = [one for one in letters if one.way(Channel.POST)]
    if not by_post or campaign.deadline is None:
        raise InvalidError(f"Nobody in “{campaign.title}” can be written to by post.")
    return packet_data(
        [_enclosure(one, wishes, campaign.deadline, today=today, pools=pools) for one in by_post],
        [one.addressee for one in letters if one not in by_post],
        words,
        title=as_subject(campaign.title, campaign.language),
        deadline_day=campaign.deadline,
        window=window,
    )


def _enclosure(one: Correspondence, wishes: Wishes, deadline_day: date, *, today: date, pools: Pools) -> Enclosure:
    forecast = arrival(wishes.country, one.addressee.country, today=today, deadline_day=deadline_day)
    return Enclosure(
        addressee=one.addressee,
        letter=appeals.letter_sheet(one, wishes, channel=Channel.POST, today=today, pools=pools),
        envelope=appeals.envelope_sheet(one, wishes, pools=pools),
        post_by=forecast.post_by,
        in_time=forecast.in_time,
        abroad=forecast.band is Band.ABROAD,
    )
