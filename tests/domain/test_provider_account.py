"""What the account at SendGrid says of itself, judged: one finding each, with its mend."""

from dataclasses import replace

import pytest

from advocacy.domain.findings import Grade
from advocacy.domain.provider_account import (
    ACCOUNT,
    DOMAINS,
    HOOKS,
    LOGS,
    MAIL_SEND,
    NEEDED,
    Account,
    Domain,
    Record,
    Wanted,
    Webhook,
    findings,
)

WANTED = Wanted("actions@lantern.example", "https://act.lantern.example/hooks/sendgrid", ("KEY", "OLD"))
HOOK = Webhook(WANTED.webhook, enabled=True, events=frozenset(NEEDED), key="KEY")
SOUND = Account(
    frozenset({MAIL_SEND, LOGS, ACCOUNT, DOMAINS, HOOKS}),
    kind="paid",
    reputation=98.0,
    domains=(Domain("lantern.example", valid=True),),
    singles={},
    webhooks=(HOOK,),
)
CNAME = Record("cname", "s1._domainkey.lantern.example", "s1.domainkey.u1.wl.sendgrid.net", valid=False)


def _found(about: str, **changed: object) -> list[tuple[Grade, str]]:
    account = replace(SOUND, **changed)  # type: ignore[arg-type]
    return [(one.grade, f"{one.told} {one.remedy}") for one in findings(account, WANTED) if one.about == about]


def test_a_sound_account_has_only_good_findings_about_everything() -> None:
    found = list(findings(SOUND, WANTED))

    assert {one.grade for one in found} == {Grade.GOOD}
    assert [one.about for one in found] == [
        "SENDGRID_API_KEY", "SendGrid plan", "SendGrid reputation", "MAIL_FROM", "SendGrid reports", "SENDGRID_WEBHOOK_KEY",
    ]  # fmt: skip


@pytest.mark.parametrize("scope", [MAIL_SEND, LOGS, ACCOUNT, DOMAINS, HOOKS])
def test_each_scope_that_lacks_is_named_with_what_that_means_and_where_to_give_it(scope: str) -> None:
    found = _found("SENDGRID_API_KEY", scopes=SOUND.scopes - {scope})

    (grade, words) = next(one for one in found if one[0] is not Grade.GOOD)
    assert grade is (Grade.BAD if scope == MAIL_SEND else Grade.WARNING)
    assert scope in words
    assert "Settings, API Keys" in words


def test_a_key_that_may_do_more_than_we_need_is_warned_of() -> None:
    found = _found("SENDGRID_API_KEY", scopes=SOUND.scopes | {"api_keys.create", "templates.read"})

    assert [grade for grade, _ in found] == [Grade.GOOD, Grade.WARNING]
    assert "api_keys.create" in found[1][1]
    assert "templates.read" not in found[1][1]


def test_a_trial_and_a_low_reputation_are_warned_of_and_what_is_not_told_is_not_judged() -> None:
    assert _found("SendGrid plan", kind="free")[0][0] is Grade.WARNING
    assert _found("SendGrid reputation", reputation=60.0)[0][0] is Grade.WARNING
    assert _found("SendGrid reputation", reputation=75.0)[0][0] is Grade.GOOD
    assert _found("SendGrid plan", kind=None) + _found("SendGrid reputation", reputation=None) == []


@pytest.mark.parametrize(
    ("domains", "singles", "grade", "words"),
    [
        ((Domain("lantern.example", valid=True, records=(CNAME,)),), {}, Grade.BAD, f"{CNAME.host} CNAME {CNAME.data}"),
        ((Domain("lantern.example", valid=False),), {}, Grade.BAD, "Press “Verify”"),
        ((), {"actions@lantern.example": True}, Grade.WARNING, "a verified single sender"),
        ((), {"actions@lantern.example": False}, Grade.BAD, "nobody confirmed"),
        ((), {"other@lantern.example": True}, Grade.BAD, "answers every mail with 403"),
        (None, {}, Grade.UNKNOWN, "cannot be told"),
        ((), None, Grade.UNKNOWN, "cannot be told"),
        ((Domain("example", valid=True),), {}, Grade.UNKNOWN, "Authenticate lantern.example itself"),
        ((Domain("tern.example", valid=True),), {}, Grade.BAD, "knows neither"),
    ],
    ids=[
        "a record not found", "not valid", "single", "single not confirmed", "nobody", "domains unread",
        "singles unread", "the domain above", "a domain that only ends alike",
    ],
)  # fmt: skip
def test_the_sender_is_judged_by_its_domain_its_records_and_single_senders(
    domains: tuple[Domain, ...] | None, singles: dict[str, bool] | None, grade: Grade, words: str
) -> None:
    ((found, told),) = _found("MAIL_FROM", domains=domains, singles=singles)

    assert found is grade
    assert words in told


@pytest.mark.parametrize(
    ("webhooks", "about", "grade", "words"),
    [
        ((), "SendGrid reports", Grade.BAD, WANTED.webhook),
        ((replace(HOOK, url="https://old.example/hook"),), "SendGrid reports", Grade.BAD, "https://old.example/hook"),
        ((replace(HOOK, enabled=False),), "SendGrid reports", Grade.BAD, "switched off"),
        ((replace(HOOK, events=HOOK.events - {"spam_report"}),), "SendGrid reports", Grade.WARNING, "spam_report"),
        ((replace(HOOK, key=""),), "SENDGRID_WEBHOOK_KEY", Grade.BAD, "not signed"),
        ((replace(HOOK, key="OTHER"),), "SENDGRID_WEBHOOK_KEY", Grade.BAD, "SENDGRID_WEBHOOK_KEY=OTHER"),
        ((replace(HOOK, key="OLD"),), "SENDGRID_WEBHOOK_KEY", Grade.GOOD, ""),
    ],
    ids=["none", "another address", "off", "an event lacks", "unsigned", "another key", "the second of two keys"],
)
def test_the_webhook_is_judged_by_its_address_events_and_signature(
    webhooks: tuple[Webhook, ...], about: str, grade: Grade, words: str
) -> None:
    ((found, told),) = _found(about, webhooks=webhooks)

    assert found is grade
    assert words in told


def test_webhooks_that_could_not_be_read_are_told_by_the_lacking_scope_alone() -> None:
    assert _found("SendGrid reports", webhooks=None) == []
    assert _found("SENDGRID_WEBHOOK_KEY", webhooks=None) == []
