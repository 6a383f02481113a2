"""The pages of the stand-in: what was sent, refused and told, for people."""

import json
import re
import time
from pathlib import Path

import urllib3

from advocacy.sendgrid_double import page
from advocacy.sendgrid_double.contract import RULES
from advocacy.sendgrid_double.faults import SAYS, Faults
from advocacy.sendgrid_double.program import Options
from tests.running_double import running_double
from tests.sendgrid_double.desk import Double
from tests.sendgrid_double.test_rules import GOOD, _with


def test_an_empty_stand_in_says_that_nothing_was_sent(tmp_path: Path) -> None:
    double = Double(tmp_path)

    words = page.listing(double.desk, Faults(), double.now)

    assert "Nothing was sent yet." in words
    assert "None was refused." in words
    assert "name='viewport'" in words


def test_the_list_shows_each_mail_its_state_and_what_was_refused_and_why(tmp_path: Path) -> None:
    double = Double(tmp_path)
    double.send(_with("personalizations.0.to.0.email", "a@hard-bounce.example.org"))
    double.send(_with("headers", {"Reply-To": "x"}))
    double.later(60)

    words = page.listing(double.desk, Faults(), double.now)

    assert "a@hard-bounce.example.org" in words
    assert "<span class='bad'>bounced</span>" in words
    assert "The header Reply-To is reserved." in words
    assert "<a href='/rules#headers'>headers</a>" in words
    assert all(says in words for says in ("Next ten", *(page.esc(one) for one in SAYS.values())))


def test_a_mail_shows_its_events_in_order_and_which_are_still_to_come(tmp_path: Path) -> None:
    double = Double(tmp_path)
    double.send(_with("personalizations.0.to.0", {"email": "a@delayed-bounce.example.org", "name": "Ann"}))
    double.later(60)

    words = page.one(double.desk.mails[0], double.now)

    assert re.findall(r"<td><span class='\w*'>(\w+)</span>", words) == ["processed", "delivered", "bounce"]
    assert words.count("still to come") == 1
    assert "status: 5.1.1" in words
    assert "without any of our ids" in words
    assert "Ann &lt;a@delayed-bounce.example.org&gt;" in words
    assert "adv_mid" in words


def test_the_page_of_rules_is_the_table_with_what_each_refused(tmp_path: Path) -> None:
    double = Double(tmp_path)
    double.send(_with("categories", ["é"]))

    words = page.rules(double.desk)

    assert all(f"id='{rule.name}'" in words and page.esc(rule.says) in words for rule in RULES)
    row = words[words.index("id='categories'") :]
    assert row[: row.index("</tr>")].endswith("<td data-name='Refused'>1</td>")


def test_a_button_breaks_the_next_ten_requests() -> None:
    with running_double() as server:
        http = urllib3.PoolManager(retries=False)
        assert http.request("POST", f"{server.url}/double/fault/429x10", redirect=False).status == 303
        assert http.request("POST", f"{server.url}/double/fault/nonsense", redirect=False).status == 404

        key = {"Authorization": "Bearer SG.double", "Content-Type": "application/json"}
        sent = [
            http.request("POST", f"{server.url}/v3/mail/send", body=json.dumps(GOOD), headers=key) for _ in range(11)
        ]

        assert [one.status for one in sent] == [429] * 10 + [202]
        assert http.request("GET", f"{server.url}/rules").status == 200
        status = http.request("GET", f"{server.url}/double/status").json()
        assert (status["connections"], status["waiting"], status["refused_by"]) == (1, 0, {})
        http.clear()


def test_a_mail_with_an_hour_goes_out_by_itself_when_the_hour_comes(tmp_path: Path) -> None:
    offset = tmp_path / "offset"
    with running_double(Options(clock_offset_file=offset)) as server:
        http = urllib3.PoolManager(retries=False)
        key = {"Authorization": "Bearer SG.double", "Content-Type": "application/json"}
        body = json.dumps(GOOD | {"send_at": int(time.time()) + 3600})
        assert http.request("POST", f"{server.url}/v3/mail/send", body=body, headers=key).status == 202
        assert http.request("GET", f"{server.url}/double/status").json()["waiting"] == 1
        offset.write_text("3700")

        ends = time.monotonic() + 10
        while not server.desk.mails and time.monotonic() < ends:
            time.sleep(0.05)

        assert len(server.desk.mails) == 1
        http.clear()
