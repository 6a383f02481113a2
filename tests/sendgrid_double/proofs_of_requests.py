"""Proofs of the rules that are answered at once: at the door, form, recipients, sender, content, time, answers."""

import gzip
import json

from advocacy.sendgrid_double.switches import Switches
from tests.sendgrid_double.register import DAY, HELD, Make, proves, switched
from tests.sendgrid_double.test_rules import GOOD, PERSON, _many, _with

TO = {"email": "ann@example.org"}


@proves("key")
def _(make: Make) -> None:
    assert make().send(GOOD, authorization="Bearer SG.other").status == 401


@proves("scope_mail_send")
def _(make: Make) -> None:
    assert make(scopes=("messages.read",)).send(GOOD).status == 403
    otherwise = make(scopes=("messages.read",), switches=Switches(scope_missing_is_403=False))
    assert otherwise.send(GOOD).status == 401


@proves("content_type")
def _(make: Make) -> None:
    assert make().send(GOOD, content_type="text/plain").status == 415
    assert make().send(GOOD, content_type="application/json; charset=latin-1").status == 415
    assert make().send(b'{"subject":"\xff"}').status == 415


@proves("gzip")
def _(make: Make) -> None:
    packed = gzip.compress(json.dumps(GOOD).encode())
    assert make().send(packed, content_encoding="gzip").status == 415
    allowed = make(switches=Switches(gzip=True))
    assert allowed.send(packed, content_encoding="gzip").status == 202
    assert allowed.send(b"no gzip", content_encoding="gzip").status == 400


@proves("body_size")
def _(make: Make) -> None:
    large = b" " * (30 * 1024 * 1024 + 1)
    assert json.loads(make().send(large).body)["errors"]
    answer = make(switches=Switches(html_413=True)).send(large)
    assert (answer.status, answer.kind) == (413, "text/html")


@proves("request_rate")
def _(make: Make) -> None:
    assert {make().send(GOOD).status for _ in range(5)} == {202}
    double = make(switches=Switches(requests_per_second=2, rate_headers=True))
    answers = [double.send(GOOD) for _ in range(50)]
    assert [one for one in answers if one.status == 429 and "X-RateLimit-Reset" in one.headers]


@proves("credits")
def _(make: Make) -> None:
    double = make(credits=1)
    assert double.send(GOOD).status == 202
    refused = double.send(GOOD)
    assert (refused.status, b"Maximum credits exceeded" in refused.body) == (401, True)


@proves("json")
def _(make: Make) -> None:
    double = make()
    assert b"Bad Request" in double.send(b"{").body
    assert double.desk.refused_by["json"] == 1


@proves("strings_only")
def _(make: Make) -> None:
    answer = make().send(_with(f"{PERSON}.custom_args", {"a": 1}))
    assert json.loads(answer.body) == {"errors": [{"message": "Bad Request", "field": None, "help": None}]}


@proves("unique_across")
def _(make: Make) -> None:
    twice = _with("personalizations", [*_many(1), *_many(1)])
    assert switched(make, twice, duplicates_across=True) == 202
    assert switched(make, twice, duplicates_across=False) == 400


@proves("substitutions_8000")
def _(make: Make) -> None:
    large = _with(f"{PERSON}.substitutions", {"-a-": "x" * 9_000})
    assert switched(make, large, small_substitutions=False) == 202
    assert switched(make, large, small_substitutions=True) == 400


@proves("dynamic_or_substitutions")
def _(make: Make) -> None:
    assert make().send(_with(f"{PERSON}.substitutions", {"-a-": "x"}) | {"template_id": "d-1"}).status == 400


@proves("send_at_waits")
def _(make: Make) -> None:
    double = make()
    double.send(GOOD | {"send_at": int(double.now) - 100})
    assert len(double.desk.mails) == 1
    double.send(GOOD | {"send_at": int(double.now) + 3600})
    assert (len(double.desk.mails), len(double.desk.waiting)) == (1, 1)
    double.later(3700)
    assert (len(double.desk.mails), len(double.desk.waiting)) == (2, 0)


@proves("batch_id")
def _(make: Make) -> None:
    double = make()
    number = double.ask("POST", "/v3/mail/batch")[1]["batch_id"]
    assert double.send(GOOD | {"batch_id": number}).status == 202
    assert double.send(GOOD | {"batch_id": "unknown"}).status == 400
    double.later(11 * DAY)
    assert double.send(GOOD | {"batch_id": number}).status == 400


@proves("pause_and_cancel")
def _(make: Make) -> None:
    double = make()
    numbers = [double.ask("POST", "/v3/mail/batch")[1]["batch_id"] for _ in range(4)]
    for number in numbers:
        double.send(GOOD | {"batch_id": number, "send_at": int(double.now) + 3600, "custom_args": {"n": number}})
    cancelled, paused, resumed, late = numbers
    for number, status in ((cancelled, "cancel"), (paused, "pause"), (resumed, "pause")):
        assert double.ask("POST", HELD, {"batch_id": number, "status": status})[0] == 201
    double.later(3500)
    assert double.ask("POST", HELD, {"batch_id": late, "status": "cancel"})[0] == 201
    double.later(200)
    assert [mail.custom_args["n"] for mail in double.desk.mails] == [late]
    assert double.ask("DELETE", f"{HELD}/{resumed}")[0] == 204
    double.later(10)
    assert [mail.custom_args["n"] for mail in double.desk.mails] == [late, resumed]
    double.later(4 * DAY)
    assert double.ask("DELETE", f"{HELD}/{paused}")[0] == 204
    double.later(10)
    assert (len(double.desk.mails), len(double.desk.waiting)) == (2, 0)


@proves("batches_held")
def _(make: Make) -> None:
    double = make()
    numbers = [double.ask("POST", "/v3/mail/batch")[1]["batch_id"] for _ in range(101)]
    statuses = [double.ask("POST", HELD, {"batch_id": number, "status": "pause"})[0] for number in numbers]
    assert statuses == [201] * 100 + [400]
    assert double.ask("POST", HELD, {"batch_id": numbers[0], "status": "cancel"})[0] == 400
    assert double.ask("PATCH", f"{HELD}/{numbers[0]}", {"status": "cancel"})[0] == 204
    assert double.ask("GET", f"{HELD}/{numbers[0]}")[1] == [{"batch_id": numbers[0], "status": "cancel"}]


@proves("sender_identity")
def _(make: Make) -> None:
    answer = make(senders=("elsewhere.example.net",)).send(GOOD)
    assert (answer.status, json.loads(answer.body)["errors"][0]["field"]) == (403, "from")


@proves("sender_name")
def _(make: Make) -> None:
    named = _with("from.name", "Łódź Lantern")
    assert switched(make, named, unicode_from_name=True) == 202
    assert switched(make, named, unicode_from_name=False) == 400


@proves("asm_group")
def _(make: Make) -> None:
    double = make()
    number = double.ask("POST", "/v3/asm/groups", {"name": "Alerts", "description": "x"})[1]["id"]
    assert double.send(GOOD | {"asm": {"group_id": number + 1}}).status == 400
    assert double.send(GOOD | {"asm": {"group_id": number}}).status == 400
    double.later(61)
    assert double.send(GOOD | {"asm": {"group_id": number}}).status == 202


@proves("one_reply_to")
def _(make: Make) -> None:
    assert make().send(GOOD | {"reply_to": TO}).status == 202
    assert make().send(GOOD | {"reply_to": TO, "reply_to_list": [TO]}).status == 400


@proves("unknown_fields")
def _(make: Make) -> None:
    assert switched(make, GOOD | {"nonsense": 1}, unknown_fields=True) == 202
    assert switched(make, GOOD | {"nonsense": 1}, unknown_fields=False) == 400
