"""Proofs of what the account tells: scopes, logs, groups, domains, senders."""

from advocacy.sendgrid_double.switches import Switches
from tests.sendgrid_double.desk import Double
from tests.sendgrid_double.register import DAY, HELD, Make, proves
from tests.sendgrid_double.test_rules import PERSON, _many, _with


@proves("scopes_by_address")
def _(make: Make) -> None:
    double = make(scopes=("mail.send",))
    assert double.ask("GET", "/v3/scopes") == (200, {"scopes": ["mail.send"]})
    for path in ("/v3/whitelabel/domains", "/v3/user/webhooks/event/settings/all", "/v3/user/account", HELD):
        assert double.ask("GET", path)[0] == 403


def _look_up(double: Double, query: str, **more: int) -> list[str]:
    status, found = double.ask("POST", "/v3/logs", {"query": query} | more)
    assert status == 200, found
    return [one["to_email"] for one in found["messages"]]


@proves("logs")
def _(make: Make) -> None:
    double = make()
    double.send(_with("personalizations", _many(3)) | {"categories": ["alert"]})
    double.later(60)
    double.send(_with(f"{PERSON}.to.0.email", "a@hard-bounce.example.org"))
    double.later(60)
    assert _look_up(double, "to_email = \"p1@example.org\" AND subject = 'Free the teachers'") == ["p1@example.org"]
    assert _look_up(double, "status IN ('bounced', 'blocked')") == ["a@hard-bounce.example.org"]
    assert _look_up(double, "categories IN ('alert') AND status IN ('delivered')", limit=2) == [
        "p2@example.org",
        "p1@example.org",
    ]
    assert _look_up(double, "reason = '550 5.1.1 The email account that you tried to reach does not exist'") != []
    assert _look_up(double, 'sg_message_id_created_at < TIMESTAMP "2025-01-01T00:00:00Z"') == []
    number = double.ask("POST", "/v3/logs", {})[1]["messages"][0]["sg_message_id"]
    assert double.ask("GET", f"/v3/logs/{number}")[1]["custom_args"] == {"adv_mid": "d1"}
    for wrong in (
        'to_email LIKE "p1"',
        "sg_message_id_created_at BETWEEN 1 AND 2",
        "nonsense",
        'to_email = "a" OR subject = "b"',
    ):
        assert double.ask("POST", "/v3/logs", {"query": wrong})[0] == 400
    assert double.ask("POST", "/v3/logs", {"limit": 1001})[0] == 400
    double.later(31 * DAY)
    assert _look_up(double, "") == []
    assert make(scopes=("mail.send",)).ask("POST", "/v3/logs", {})[0] == 403
    assert make(scopes=("mail.send",)).ask("GET", "/v3/logs/x")[0] == 403


@proves("logs_rate")
def _(make: Make) -> None:
    double = make(switches=Switches(logs_per_minute=6))
    assert [double.ask("POST", "/v3/logs", {})[0] for _ in range(7)] == [200] * 6 + [429]
    double.later(61)
    assert double.ask("POST", "/v3/logs", {})[0] == 200
    assert {make().ask("POST", "/v3/logs", {})[0] for _ in range(20)} == {200}


@proves("groups")
def _(make: Make) -> None:
    double = make()
    assert double.ask("POST", "/v3/asm/groups", {"name": "x" * 31, "description": "x"})[0] == 400
    assert double.ask("POST", "/v3/asm/groups", {"name": "x", "description": "x" * 101})[0] == 400
    made = [double.ask("POST", "/v3/asm/groups", {"name": str(n), "description": "x"})[0] for n in range(26)]
    assert made == [201] * 25 + [400]


@proves("unknown_group")
def _(make: Make) -> None:
    double = make()
    assert double.ask("POST", "/v3/asm/groups/7/suppressions", {"recipient_emails": ["ANN@example.org"]})[0] == 201
    assert [one["email"] for one in double.ask("GET", "/v3/suppression/unsubscribes")[1]] == ["ann@example.org"]


@proves("domain_records")
def _(make: Make) -> None:
    for despite in (True, False):
        double = make(senders=("example.org",), switches=Switches(valid_despite_records=despite))
        double.desk.account.broken_records["example.org"] = {"dkim2"}
        domain = double.ask("GET", "/v3/whitelabel/domains")[1][0]
        assert (domain["valid"], domain["dns"]["dkim1"]["valid"], domain["dns"]["dkim2"]["valid"]) == (
            despite,
            True,
            False,
        )
        told = double.ask("POST", f"/v3/whitelabel/domains/{domain['id']}/validate")[1]
        assert (told["valid"], told["validation_results"]["dkim2"]["valid"]) == (despite, False)


@proves("senders_scope")
def _(make: Make) -> None:
    assert make(senders=("one@example.org",)).ask("GET", "/v3/verified_senders")[1]["results"][0]["verified"] is True
    assert make(switches=Switches(senders_readable=False)).ask("GET", "/v3/verified_senders")[0] == 403
