"""Whom to write to: names, offices, contacts, and who is not an addressee."""

import pytest

from advocacy.domain.addressee import Channel, Role
from advocacy.domain.reading import read
from advocacy.domain.reading.contacts import contacts_in, emails_in
from advocacy.domain.reading.names import name_line
from advocacy.domain.reading.page import Line
from advocacy.domain.reading.places import country_of_address, english_name, mentions
from advocacy.domain.reading.tidy import tidy

SHEET = """UA 4/24 Index: AMR 91/1/2024 Peru 5 March 2024

WRITER HELD

Please write immediately in Spanish:
- calling for her release.

APPEALS TO:
Mr Jorge Luna
Minister of Justice
Scipión Llona 350
Lima 18, Peru
Tel: +51 1 000 8010
Web form: https://justice.example/contact
Twitter: @justice_example

COPIES TO:
Embassy of Peru
130 Albert Street
Ottawa, ON K1P 5G4
Fax: (613) 555 0109
"""


def test_a_target_becomes_an_addressee_with_its_channels() -> None:
    minister, embassy = read(SHEET).addressees()
    assert (minister.role, minister.country, minister.office) == (Role.PRIMARY, "PE", "Minister of Justice")
    assert minister.channels() == (Channel.POST, Channel.WEB_FORM, Channel.PHONE, Channel.SOCIAL)
    assert (minister.web_form, minister.social) == ("https://justice.example/contact", "@justice_example")
    assert (embassy.role, embassy.country, embassy.for_countries) == (Role.COPY, "CA", ("CA",))
    assert minister.for_countries == ()


def test_the_letterhead_is_no_addressee() -> None:
    text = "Urgent Action Office, 3 Hill Road, Toronto ON M4S 1Z7 Phone: (416) 555-9933 office@sender.example\n" + SHEET
    assert "office@sender.example" not in str(read(text).as_json()["targets"])
    assert len(read(text).targets) == 2


@pytest.mark.parametrize(
    "tail",
    [
        "\nPRESS CONTACT\nAnn Lee\n4 Low Street\nYork YO1 6GA\nTel: 01904 555 010\n",
        "\nSignatories:\nFriends of the River\n12 Water Lane\nLeeds LS1 4AB\n",
        "\nFor more information:\nRiver Watch\n14 rue de Varembé\n1202 Geneva\ninfo@river.example\n",
        "\n-- \nAnn Lee * ann@list.example * 4 Low Street, York YO1 6GA\n",
    ],
    ids=["press", "signatories", "information", "signature"],
)
def test_others_in_the_text_are_no_addressees(tail: str) -> None:
    assert [field.value.name for field in read(SHEET + tail).targets] == ["Mr Jorge Luna", "Embassy of Peru"]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("PHONE: (705) 555-0102  FAX: (705) 555-0117", {"phone": "(705) 555-0102", "fax": "(705) 555-0117"}),
        ("Tel/Fax: +226 50 00 00 00", {"phone": "+226 50 00 00 00", "fax": "+226 50 00 00 00"}),
        ("Ph 416-325-1941", {"phone": "416-325-1941"}),
        ("Fax 0032/2 284 35 30 ?", {"fax": "0032/2 284 35 30"}),
        ("Fax: ¿?", {}),
        ("Fax: n.a.", {}),
        ("E-Mail: a@b.example oder c@d.example", {"email": "a@b.example"}),
        ("Correo electrónico: info arroba min.example", {"email": "info@min.example"}),
        ("Salutation: Dear Minister", {"salutation": "Dear Minister"}),
        ("12 Fax Lane", {}),
    ],
)
def test_a_line_gives_its_contacts_as_printed(line: str, values: dict[str, str]) -> None:
    page = tidy(line)
    found = contacts_in(page, Line(0, len(page.text)))
    assert {kind: one[0][0] for kind, one in found.values.items()} == values


def test_a_hidden_address_is_written_out_only_where_it_is_hidden() -> None:
    assert emails_in("name (at) house (dot) example")[0][0] == "name@house.example"
    assert emails_in("we meet at noon.today") == []


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (["Minister of Justice", "Mr. Jean Dupont", "1 Main Street"], 1),
        (["Governor of Yazd Province", "Hooman Rastegar", "Emam Square"], 1),
        (["President Donald Trump", "The White House", "1600 Pennsylvania Avenue"], 0),
        (["John Snobelen", "Minister of Natural Resources", "6th Floor"], 0),
        (["Excelentíssimo Senhor", "Tarcísio Menezes", "Palácio da Abolição"], 1),
        (["Embassy of Peru", "130 Albert Street", "Ottawa"], 0),
        (["Office of the President", "State House", "P.O. Box 1"], 0),
        (["President of the Republic", "Palais Présidentiel", "Lomé"], 0),
    ],
)
def test_the_line_with_the_name_is_found(lines: list[str], number: int) -> None:
    assert name_line(lines) == number


@pytest.mark.parametrize(
    ("lines", "phones", "country"),
    [
        (("1600 Pennsylvania Avenue, NW", "Washington, DC 20500, USA"), (), "US"),
        (("490 Sussex Drive", "Ottawa, ON K1N 1G8"), (), "CA"),
        (("10117 Berlin",), (), "DE"),
        (("Rue 1", "Islamic Republic of Iran"), (), "IR"),
        ((), ("+1 202 225 6216",), "US"),
        ((), ("1-202-224-2644",), "US"),
        (("Main Road 1",), ("030-22 80",), None),
    ],
)
def test_the_country_of_an_address_is_recognised(
    lines: tuple[str, ...], phones: tuple[str, ...], country: str | None
) -> None:
    assert country_of_address(lines, phones) == country


def test_countries_are_recognised_in_six_languages() -> None:
    text = "Germany, Alemania, Allemagne, Germania, Alemanha, Deutschland"
    assert {mention.code for mention in mentions(text)} == {"DE"}
    assert english_name("US") == "USA"
    assert english_name("CI") == "Côte d'Ivoire"


def test_a_bare_house_is_no_office() -> None:
    text = "UA 5/24\n\nWrite to:\n\nPresident Ann Field\nThe Round House\n1 Lake Avenue\nWashington, DC 20500, USA\n"
    assert read(text).addressees()[0].office is None
