"""Requests to hand over in the tests of providers."""

from advocacy.domain.handover import Person, Request

VALUES = {
    "greeting": "Dear Ann,",
    "act_url": "https://advocacy.test/act/abc.def",
    "unsubscribe_url": "https://advocacy.test/unsubscribe/abc.def",
    "preferences_url": "https://advocacy.test/preferences/abc.def",
}


def a_person(number: int = 1, **values: str) -> Person:
    return Person(
        ref=f"ref{number:05d}",
        address=f"person{number}@example.org",
        values=VALUES | values,
        unsubscribe_url=f"https://advocacy.test/unsubscribe/{number}.x",
    )


def a_request(*people: Person, **changed: object) -> Request:
    given: dict[str, object] = {
        "public_id": "d1a2b3c4d5e6f7",
        "sender": "actions@example.org",
        "sender_name": "Lantern, Halifax",
        "subject": "Free the teachers, {{ greeting }}",
        "text": "{{ greeting }}\n\nWrite today: {{ act_url }}\n\nStop: {{ unsubscribe_url }}\n",
        "html": "<p>{{ greeting }}</p><p><a href=\"{{ act_url }}\">Write today</a></p><p>{{ unsubscribe_url }}</p>",
        "list_id": "<actions.example.org>",
    }  # fmt: skip
    return Request(people=people or (a_person(),), **(given | changed))  # type: ignore[arg-type]
