"""What the command line of the stand-in says: faults in bursts, fates, disorder, switches."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from advocacy.cli import advocacy
from advocacy.sendgrid_double.disorder import Disorder
from advocacy.sendgrid_double.fates import BY_DOMAIN
from advocacy.sendgrid_double.fates import SAYS as FATES
from advocacy.sendgrid_double.faults import LONGEST_BURST, SAYS, Burst, Fault, Faults, add, burst, from_values
from advocacy.sendgrid_double.program import Options, build
from advocacy.sendgrid_double.switches import Switches, told
from tests.sendgrid_double.desk import Double
from tests.sendgrid_double.test_rules import GOOD, _many, _with


def _met(faults: Faults, count: int) -> list[str]:
    return [fault.value if fault else "" for fault in (faults.next() for _ in range(count))]


def test_a_burst_hits_so_many_requests_in_a_row_and_no_more() -> None:
    faults = from_values({"script": {"3": "429x4", "9": "429_headersx2"}})

    assert _met(faults, 11) == ["", "", *["429"] * 4, "", "", "429_headers", "429_headers", ""]
    assert faults.counted == {"429": 4, "429_headers": 2}


def test_a_script_ends_the_burst_before_it() -> None:
    assert _met(from_values({"script": {"1": "429x9", "2": "stall"}}), 4) == ["429", "stall", "", ""]


def test_bursts_begin_by_seeded_chance() -> None:
    one, other = (Faults(seed=5), Faults(seed=5))
    for faults in (one, other):
        add(faults, ["429x10=0.01"], [])

    met = _met(one, 5000)

    assert met == _met(other, 5000)
    runs = [len(run) for run in re.findall("x+", "".join("x" if each else "." for each in met))]
    assert runs
    assert all(run % 10 == 0 for run in runs)


def test_what_is_asked_for_comes_before_what_is_drawn() -> None:
    faults = Faults(rates={Burst(Fault.TOO_MANY): 1.0})
    faults.ask(burst("stallx2"))

    assert _met(faults, 3) == ["stall", "stall", "429"]


@pytest.mark.parametrize(
    "words", ["nonsense", "429x0", "429x-1", "429xmany", f"429x{LONGEST_BURST + 1}", "", "x5", "429x1.5"]
)
def test_a_burst_that_is_not_understood_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"no fault|a burst is"):
        burst(words)


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_can_be_named_alone_and_as_a_burst(fault: Fault) -> None:
    assert burst(fault.value) == Burst(fault)
    assert burst(f"{fault.value}x7") == Burst(fault, 7)
    assert SAYS[fault]


def test_fates_come_by_share_where_the_address_names_none(tmp_path: Path) -> None:
    double = Double(tmp_path, fates=("bounce=0.3", "spam=0.2"), seed=3)
    double.send(_with("personalizations", _many(1000)))

    counted = Counter(one["event"] for one in double.events())

    assert 230 < counted["bounce"] < 370
    assert 140 < counted["spamreport"] < 260


@pytest.mark.parametrize("fate", FATES)
def test_every_fate_can_be_had_for_all_mails(fate: str, tmp_path: Path) -> None:
    double = Double(tmp_path, fates=(f"{fate}=1",))
    double.send(GOOD)

    last = {
        "deliver": "delivered", "bounce": "bounce", "block": "bounce", "defer": "delivered", "defer_block": "bounce",
        "delayed_bounce": "bounce", "drop": "dropped", "spam": "spamreport", "unsubscribe": "unsubscribe",
        "group_unsubscribe": "group_resubscribe", "slow": "delivered", "open": "open", "click": "click",
    }  # fmt: skip
    assert [one["event"] for one in double.events()][-1:] == ([last[fate]] if fate in last else [])
    assert set(BY_DOMAIN.values()) == set(FATES)


def _told(disorder: Disorder, tmp_path: Path, people: int = 200) -> list[dict[str, Any]]:
    """Return the events that would be posted."""
    double = Double(tmp_path, disorder=disorder, seed=2, fates=("unsubscribe=1",))
    double.send(_with("personalizations", _many(people)))
    return [event for _, event in double.desk.poster.to_come()]


def test_a_tidy_world_tells_every_event_once_in_its_own_form(tmp_path: Path) -> None:
    events = _told(Disorder.tidy(), tmp_path)

    assert len(events) == len({one["sg_event_id"] for one in events}) == 600


@pytest.mark.parametrize(
    ("name", "fewest", "most"),
    [("twice", 1000, 1400), ("changed_ids", 660, 1400), ("lost", 100, 400), ("missing_processed", 450, 550)],
)
def test_events_are_doubled_renamed_and_lost_at_the_share_asked_for(
    name: str, fewest: int, most: int, tmp_path: Path
) -> None:
    share = {"twice": 0.9, "changed_ids": 0.9, "lost": 0.5, "missing_processed": 0.5}[name]
    tidy = Disorder.tidy()
    setattr(tidy, name, share)

    events = _told(tidy, tmp_path)

    assert fewest < len(events) < most
    numbers = len({one["sg_event_id"] for one in events})
    assert (numbers == len(events)) is (name != "twice")


def test_ids_are_lost_and_odd_fields_added_where_asked_for(tmp_path: Path) -> None:
    tidy = Disorder.tidy()
    tidy.lost_ids, tidy.odd_fields, tidy.no_event_id = 0.5, 0.5, 0.5

    events = _told(tidy, tmp_path)

    assert 200 < len([one for one in events if one["sg_message_id"] == ""]) < 400
    assert 200 < len([one for one in events if one.get("sg_unknown") == 12345]) < 400
    assert {one["event"] for one in events if "sg_event_id" not in one} == {"unsubscribe"}


def test_events_come_late_by_the_time_asked_for(tmp_path: Path) -> None:
    tidy = Disorder.tidy()
    tidy.late, tidy.late_seconds = 1.0, 5000.0
    double = Double(tmp_path, disorder=tidy)
    double.send(GOOD)

    assert len(double.desk.poster.to_come()) == 2
    assert all(at > double.now + 4000 for at, _ in double.desk.poster.to_come())


def test_words_become_switches_of_their_kind() -> None:
    switches = told(Switches, ["duplicates_across=no", "logs_per_minute=6", "webhook_timeout=0.5", "gzip=YES"])

    assert (switches.duplicates_across, switches.gzip) == (False, True)
    assert (switches.logs_per_minute, switches.webhook_timeout) == (6, 0.5)
    assert told(Switches, []) == Switches()
    assert told(Disorder, ["late=0.5", "shuffled=no", "servers=2"]) == Disorder(late=0.5, shuffled=False, servers=2)


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("colour=blue", "is none of: duplicates_across"),
        ("gzip=perhaps", "must be yes or no"),
        ("logs_per_minute=six", "must be a whole number"),
        ("logs_per_minute=-1", "must be a whole number"),
        ("webhook_timeout=nan", "must be a number"),
    ],
)
def test_a_switch_that_is_not_understood_says_what_would_be(word: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        told(Switches, [word])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--fault", "nonsense=0.1"], "is no fault"),
        (["--fault", "429=2"], "a share is a number from 0 to 1"),
        (["--fault", "429=0.6", "--fault", "stall=0.6"], "more than 1"),
        (["--fault-at", "first=429"], "say which request"),
        (["--fate", "nonsense=0.1"], "none of the fates"),
        (["--events", "late=often"], "must be a number"),
        (["--switch", "gzip"], "must be yes or no"),
        (["--scope", "everything"], "not a scope"),
    ],
)
def test_a_word_of_the_command_line_that_is_not_understood_ends_it_with_a_reason(options: list[str], says: str) -> None:
    answer = CliRunner().invoke(advocacy, ["sendgrid-double", "--port", "0", *options])

    assert answer.exit_code == 1
    assert says in answer.output


def test_the_command_line_reaches_every_part() -> None:
    server = build(
        Options(
            rates=("429x20=0.01",), script=("3=stall",), fates=("bounce=0.5",), credits=7, scopes=("mail.send",),
            switches=Switches(gzip=True), disorder=Disorder(late=0.5), speed=60,
        )
    )  # fmt: skip

    assert server.faults.rates == {Burst(Fault.TOO_MANY, 20): 0.01}
    assert server.faults.script == {3: Burst(Fault.STALL_BEFORE)}
    assert (server.desk.account.credits, server.desk.account.keys) == (7, {"SG.double": {"mail.send"}})
    assert server.desk.poster.disorder.late == 0.5


def test_the_reference_is_printed_without_a_port() -> None:
    answer = CliRunner().invoke(advocacy, ["sendgrid-double", "--reference"])

    assert answer.exit_code == 0
    assert json.dumps(answer.output).count("##") >= 8
