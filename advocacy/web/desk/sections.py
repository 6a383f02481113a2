"""What a campaign's results show, as tables: the page prints them, pictures draw them, CSV files carry them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from advocacy.domain.call import CallOutcome
from advocacy.domain.complaints import LINE, WATCH
from advocacy.domain.dossier import FEWEST_FOR_VIEWERS, lumped
from advocacy.models.campaign import Campaign
from advocacy.models.figures import Figures, MailFigures
from advocacy.web.desk import charts, words
from advocacy.web.desk.charts import Bar
from advocacy.web.desk.mails import short_name
from advocacy.web.desk.timeline import Look
from advocacy.web.desk.words import _, channel_word, mail_name, weekday
from advocacy.web.wording import country

Cell = str | int
_MOST_BARS = 12


@dataclass(frozen=True)
class Section:
    """One table with its picture. The first cell of a row names it; `note` says what was counted, and of what a share is."""

    key: str
    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    draw: Callable[[Look], str]


def sections(campaign: Campaign, figures: Figures, *, each_country: bool) -> list[Section]:
    """Return the tables of a campaign's results; those with nothing to tell have no rows. Without `each_country` those
    in which few acted are counted together."""
    return [
        _people(figures),
        _days(campaign, figures),
        _mails(figures),
        _trouble(figures),
        _opens(figures),
        _channels(figures),
        _calls(figures),
        _countries(figures, each_country=each_country),
        _demands(figures),
    ]


def few_together() -> str:
    return _(
        "Groups of fewer than %(fewest)s people are counted together, with a larger one where needed.",
        fewest=FEWEST_FOR_VIEWERS,
    )


def together(counts: Iterable[tuple[str, int]], named: Callable[[str], str], others_name: str) -> list[tuple[str, int]]:
    """Return (name, people) for who may not see numbers so small that they point at somebody; the sum stays the same."""
    shown, others = lumped(counts, FEWEST_FOR_VIEWERS)
    return [*((named(value), people) for value, people in shown), *([(others_name, others)] if others else [])]


def _people(figures: Figures) -> Section:
    people = figures.people
    taken = _("of those whose mail was taken")
    steps = [
        (_("Planned for"), people.planned, "", 0),
        (_("Mail taken by the provider"), people.accepted, _("of those it was planned for"), people.planned),
    ]
    if figures.reports_seen:
        steps.append((_("Mail delivered"), people.delivered, taken, people.accepted))
    steps.append((_("Pressed a button on their page"), people.pressed, taken, people.accepted))
    steps.append((_("Told us they acted"), people.acted, taken, people.accepted))
    rows = tuple((name, number, _share(number, whole, of)) for name, number, of, whole in steps)
    return Section(
        "people",
        _("From planned to acted"),
        _(
            "People, each counted once, however many mails they got. Opening a page counts for nothing: programs open links too."
        ),
        (_("Step"), _("People"), _("Share")),
        rows if people.planned else (),
        _drawn(rows),
    )


def _days(campaign: Campaign, figures: Figures) -> Section:
    zone, acted = ZoneInfo(campaign.timezone), dict(figures.by_day)
    mails = [(mail.at.astimezone(zone).date(), mail.rule) for mail in figures.mails if mail.accepted]
    marks = [charts.Moment(day, short_name(rule)) for day, rule in mails]
    if campaign.deadline:
        marks.append(charts.Moment(campaign.deadline, _("deadline"), last=True))
    rows = tuple(
        (weekday(day), acted.get(day, 0), ", ".join(mail_name(rule) for on, rule in mails if on == day))
        for day in sorted({*acted, *(day for day, _rule in mails)})
    )
    return Section(
        "days",
        _("Actions by day"),
        _("People who told us on that day, by their own calendar. The lines are the mails and the deadline."),
        (_("Day"), _("People"), _("Mails")),
        rows if acted else (),
        lambda look: charts.days(figures.by_day, sorted(marks, key=lambda mark: mark.day), look),
    )


def _mails(figures: Figures) -> Section:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            mail_name(mail.rule),
            mail.planned,
            mail.accepted,
            mail.delivered if mail.reported else "–",
            mail.moved,
            _share(mail.moved, mail.accepted, _("of those taken")),
        )
        for mail in figures.mails
    )
    before = figures.moved_by_none
    if before:
        rows += ((_("Before any mail"), "", "", "", before, ""),)
    return Section(
        "mails",
        _("Which mail moved how many"),
        _("Mails; and the people whose first action came after this mail left for them and before the next one did."),
        (_("Mail"), _("Planned"), _("Taken"), _("Delivered"), _("Acted after it"), _("Share")),
        rows,
        lambda look: charts.bars([_moved(mail) for mail in figures.mails], look),
    )


def _trouble(figures: Figures) -> Section:
    taken, delivered = _sum(figures, "accepted"), _sum(figures, "delivered")
    spam = _("Reported as spam")
    counts = [(_("Left after a mail"), _sum(figures, "left"), taken, _("of the mails taken"))]
    if figures.reports_seen:
        counts = [
            (_("Came back"), _sum(figures, "returned"), taken, _("of the mails taken")),
            (spam, _sum(figures, "complained"), delivered, _("of the mails delivered")),
            *counts,
        ]
    rows = tuple((name, number, _share(number, whole, of, places=2)) for name, number, whole, of in counts)
    above = figures.reports_seen and delivered and _sum(figures, "complained") / delivered > LINE
    drawn = [
        Bar(name, 100 * number / whole if whole else 0, words.counted(number), warning=bool(above and name == spam))
        for name, number, whole, _of in counts
    ]
    lines = [charts.Line(100 * share, f"{100 * share:g} %") for share in (WATCH, LINE)]
    return Section(
        "trouble",
        _("Against the lines"),
        _(
            "Mailbox providers ask for less than one spam report in a thousand mails, and help nobody who has more than three "
            "(the two lines). The other bars are drawn for comparison: no line of theirs is known."
        ),
        (_("What happened"), _("How often"), _("Share")),
        rows if taken else (),
        lambda look: charts.bars(drawn, look, lines),
    )


def _opens(figures: Figures) -> Section:
    counted = [mail for mail in figures.mails if mail.opens_asked]
    rows = tuple(
        (
            mail_name(mail.rule),
            mail.opens_asked,
            mail.opened,
            _share(mail.opened, mail.opens_asked, _("of the mails counted")),
            mail.machine_opened,
        )
        for mail in counted
    )
    return Section(
        "opens",
        _("Opens (an estimate)"),
        _(
            "Of the mails that left with opens counted, those whose picture was loaded, each mail once. An estimate, too high "
            "and too low at once: programs that load pictures for their users count as people unless the provider knows "
            "them, and whoever loads no pictures is not seen."
        ),
        (_("Mail"), _("Mails counted"), _("Opened"), _("Share"), _("Only by programs")),
        rows,
        lambda look: charts.bars([Bar(mail_name(m.rule), m.opened, words.counted(m.opened)) for m in counted], look),
    )


def _channels(figures: Figures) -> Section:
    stalls, told = dict(figures.at_stalls), dict(figures.by_channel)
    rows = tuple(
        (channel_word(way), told.get(way, 0), stalls.get(way, 0))
        for way in sorted({*told, *stalls}, key=lambda way: -(told.get(way, 0) + stalls.get(way, 0)))
    )
    return Section(
        "channels",
        _("By way of sending"),
        _("People who told us, each once in a row; beside them the letters that organisers counted at tables."),
        (_("Way"), _("Told us"), _("From tables")),
        rows,
        lambda look: charts.bars(
            [Bar(name, told + table, words.counted(told + table)) for name, told, table in rows], look
        ),
    )


def _calls(figures: Figures) -> Section:
    words = {CallOutcome.REACHED: _("Spoke to somebody"), CallOutcome.VOICEMAIL: _("Left a message")}
    rows = tuple((words.get(outcome, outcome.value), people) for outcome, people in figures.calls)
    return Section(
        "calls", _("Calls"), _("People who called, by how it went."), (_("Call"), _("People")), rows, _drawn(rows)
    )


def _countries(figures: Figures, *, each_country: bool) -> Section:
    told = _("People who acted, by the country they gave.")
    counts = [(country(code) if code else _("not said"), people) for code, people in figures.by_country]
    if not each_country:
        told += " " + few_together()
        counts = together(figures.by_country, country, _("Other countries, or not said"))
    rows = tuple((name, people, _share(people, figures.acted, _("of those who acted"))) for name, people in counts)
    shown = rows[:_MOST_BARS]
    rest = sum(people for _name, people, _part in rows[_MOST_BARS:])
    if rest:
        shown += ((_("All others"), rest, ""),)
    return Section(
        "countries",
        _("By country"),
        told,
        (_("Country"), _("People"), _("Share")),
        rows,
        _drawn(shown),
    )


def _demands(figures: Figures) -> Section:
    rows = tuple(
        (text, letters, _share(letters, figures.letters_with_demands, _("of those letters")))
        for text, letters in figures.by_demand
    )
    return Section(
        "demands",
        _("By demand"),
        _(
            "Letters whose writer had this demand chosen when they told us on their page. Letters themselves are not kept, "
            "nor who chose what; somebody may have changed theirs on paper, and one taken back stays counted here."
        ),
        (_("Demand"), _("Letters"), _("Share")),
        rows if any(letters for _text, letters in figures.by_demand) else (),
        _drawn(rows),
    )


def _drawn(rows: Sequence[tuple[Cell, ...]]) -> Callable[[Look], str]:
    return lambda look: charts.bars(
        [Bar(str(row[0]), float(row[1]), words.counted(float(row[1]))) for row in rows], look
    )


def _moved(mail: MailFigures) -> Bar:
    return Bar(mail_name(mail.rule), mail.moved, words.counted(mail.moved))


def _share(part: int, whole: int, of: str, *, places: int = 1) -> str:
    return f"{100 * part / whole:.{places}f} % {of}" if whole else ""


def _sum(figures: Figures, name: str) -> int:
    return sum(getattr(mail, name) for mail in figures.mails)
