"""Which texts a school may be told, in the words of the fine print."""

import pytest

from services.police_notifications.domain.school_texts import Names, first_fault
from tests.services.police_notifications.builders import (
    Desk,
    a_child,
    a_form,
    a_suspect,
    a_victim,
    school_of,
)

CHILD = Names(("Zed",), "Testcase")
OTHERS = (
    Names(("Amina Rose",), "Testcase", ("Oldname", "Mina")),
    Names(("Tom",), "O'Neil-Smythe"),
    Names(("Bo",), "Ng"),
    Names(("Zoë",), "Ünal"),
    Names(("Anne-Marie", "Isa"), "De Souza", ("Newman",)),
    Names(("LeeBeth",), "OConnor"),
)
LINES = ("12 Example Street", "Flat 3", "")
NUMBERS = ("0114 272 3456", "+44 7700 900123", "943 476 5919", "101", "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Zed said it was loud.", None),
        ("Zed Testcase was upset.", None),
        ("He has 2 sisters, 10 and 12.", None),
        ("Aged 1234 days.", None),
        ("Ring 07700900123.", "holds_number"),
        ("Ring 0 7 7 0 0.", "holds_number"),
        ("Crime 12345", "holds_number"),
        ("Ring ٠٧٧٠٠.", "holds_number"),
        ("Lives in S60 2QU.", "holds_postcode"),
        ("Lives in s602qu now", "holds_postcode"),
        ("Write to a@b.test", "holds_email"),
        ("At 12 Example Street it began.", "holds_address"),
        ("At 12, EXAMPLE street!", "holds_address"),
        ("In flat 3 upstairs", "holds_address"),
        ("In flat 33 upstairs", None),
        ("Mum Amina cried.", "names_another"),
        ("AMINA cried.", "names_another"),
        ("Amina's brother", "names_another"),
        ("Rose cried.", "names_another"),
        ("Mina cried.", "names_another"),
        ("Miss Oldname rang.", "names_another"),
        ("Tom shouted.", "names_another"),
        ("Tomorrow is better; the atom.", None),
        ("Mr Smythe shouted.", "names_another"),
        ("Mr ONeil shouted.", "names_another"),
        ("Mr Neil shouted.", "names_another"),
        ("Bo said so, Ng too.", None),
        ("Zoe and Zoë", "names_another"),
        ("Unal", "names_another"),
        ("A\u200bmina cried.", "names_another"),
        ("<b>Tom</b>", "names_another"),
        ("AnneMarie shouted.", "names_another"),
        ("Annemarie's phone", "names_another"),
        ("Anne‑Marie", "names_another"),
        ("Mr DeSouza", "names_another"),
        ("Lee-Beth cried.", "names_another"),
        ("Lee Beth cried.", "names_another"),
        ("O'Connor’s car", "names_another"),
        ("Mr O Connor", "names_another"),
        ("This is a boy; mum has a new man.", None),
        ("THIS IS A BOY; MUM HAS A NEW MAN.", None),
        ("", None),
    ],
)
def test_a_text_is_left_out_if_it_names_or_locates_anybody_else(
    text: str, fault: str | None
) -> None:
    assert first_fault(text, CHILD, OTHERS, LINES, NUMBERS) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Mum is on 0114-272-3456 now.", "holds_number"),
        ("Mum is on (0114).272.3456 now.", "holds_number"),
        ("Mum is on 272-3456 now.", "holds_number"),
        ("Mum is on 0-7-7-0-0-9-0-0-1-2-3.", "holds_number"),
        ("Mum is on +44 (0)7700.900-123.", "holds_number"),
        ("NHS 943-476-5919", "holds_number"),
        ("On 06-11-2026 at 19:30, and on 7/11/26 again.", None),
        ("Between 10.15-10.45, ages 3, 7, 9 and 12.", None),
        ("Mum rang 101, then 999.", None),
        ("Rooms 0114-272 and 900-1.", None),
    ],
)
def test_a_number_of_the_report_is_found_however_it_is_broken_up_and_no_other_is(
    text: str, fault: str | None
) -> None:
    assert first_fault(text, CHILD, OTHERS, LINES, NUMBERS) == fault


def test_no_number_of_anybody_in_the_report_goes_to_a_school() -> None:
    form = a_form(
        victim=a_victim(
            phones=[{"number": "07700 900123"}],
            nhs_number="943 476 5919",
            safe_contact={"numbers": ["07700 900124"], "unsafe_numbers": ["07700 900125"]},
        ),
        suspect=a_suspect(phones=[{"number": "07700 900126"}]),
        other_party={"phones": [{"number": "07700 900127"}]},
    )
    sibling = a_child(given_names="Ann", phones=[{"number": "07700 900128"}])
    for number in [f"0770-0900-{last}" for last in range(123, 129)] + ["943-476-5919"]:
        child = a_child(voice=f"Ring {number}.")
        said = Desk().take({**form, "children": [child, sibling]})[0]
        assert school_of(said).left_out == ("voice_holds_number",)  # type: ignore[arg-type]
    child = a_child(voice="Ring 0770-0900-129.")
    said = Desk().take({**form, "children": [child, sibling]})[0]
    assert school_of(said).left_out == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("Łukasz", "Lukasz hit mummy.", False),
        ("Łukasz", "łukasz hit mummy.", False),
        ("Lukasz", "Łukasz hit mummy.", False),
        ("Søren", "Soren hit mummy.", False),
        ("Ælfred", "Aelfred hit mummy.", False),
        ("Đorđe", "dorde hit mummy.", False),
        ("Strauß", "Mr Strauss hit mummy.", False),
        ("OʼConnor", "Mr OConnor hit mummy.", False),
        ("O'Connor", "Mr OʼConnor hit mummy.", False),
        ("Дмитрий", "Дмитрий hit mummy.", False),
        ("عمر", "عمر hit mummy.", False),
        ("Łukasz", "Luke is at school 🌹.", True),
        ("Łukasz", "Ring ٠٧٧-٠٠٩٠-٠١٢٣.", False),
        ("Łukasz", "Żaneta hid.", True),
    ],
)
def test_a_name_is_found_in_plain_letters_and_in_its_own(name: str, text: str, told: bool) -> None:
    form = a_form(
        suspect=a_suspect(given_names=name, known_as=["Rose"]),
        children=[a_child(voice=text)],
    )
    assert (school_of(Desk().told(form)).voice is not None) is told


def test_a_long_text_of_joined_words_is_read_at_once() -> None:
    assert first_fault("a-b'" * 5_000, CHILD, OTHERS, LINES, NUMBERS) is None
    assert first_fault("1-2." * 5_000, CHILD, OTHERS, LINES, NUMBERS) is None


def test_the_alert_still_goes_without_the_text_and_says_why() -> None:
    child = a_child(voice="Tom hit mum.")
    part = school_of(Desk().told(a_form(children=[child])))
    assert (part.voice, part.left_out) == (None, ("voice_names_another",))
    assert part.given_names == "Zed"


def test_a_sibling_and_the_other_partys_names_are_anybody_elses_too() -> None:
    sibling = a_child(given_names="Ann")
    for voice, told in (("Ann hid.", False), ("Zed hid.", True), ("Max hid.", False)):
        form = a_form(children=[a_child(voice=voice), sibling], other_party={"known_as": ["Max"]})
        said = Desk().take(form)[0]
        assert (school_of(said).voice is not None) is told  # type: ignore[arg-type]


def test_never_event_07_an_address_in_a_school_message() -> None:
    everywhere = "At 1 Example Street, S60 2QU; ring 07700 900123 or 0114 496 0000."
    child = a_child(voice=everywhere, voice_absent_reason=everywhere)
    form = a_form(
        victim=a_victim(previous_addresses=[{"lines": ["9 Old Lane"], "postcode": "S1 1AA"}]),
        suspect=a_suspect(address={"lines": ["2 Other Road"], "postcode": "S2 2BB"}),
        location={"lines": ["1 Example Street"], "postcode": "S60 2QU", "kind": "home"},
        children=[child],
        circumstances=everywhere,
        school_summary="They moved from 9 Old Lane to 2 other road.",
        action_taken="Call 0 1 1 4 4 9 6.",
    )
    for level in ("L0", "L1", "L2"):
        said = Desk(school_content_level=level).told(form)
        text = school_of(said).model_dump_json()
        for secret in ("Example", "S60", "07700", "496", "Old Lane", "Other", "other road", "S1"):
            assert secret not in text


@pytest.mark.parametrize(
    ("lines", "voice", "told"),
    [
        (["17 Zudder Close, Rotherham"], "He waits at 17 Zudder Close.", False),
        (["Flat 3", "17 Zadder Close"], "He waits at 17, Zadder close!", False),
        (["17 Zudder Close, Rotherham"], "He waits in Rotherham.", True),
        (["17 Zudder Close"], "She lives at S60-2QT now.", False),
        (["Flat 3", "17 Zadder Close"], "She has 17 cats.", True),
    ],
)
def test_never_event_07_a_house_with_its_street_wherever_the_form_has_it(
    lines: list[str], voice: str, told: bool
) -> None:
    victim = a_victim(address={"lines": lines, "postcode": "S60 2QT"})
    said = Desk().take(a_form(victim=victim, children=[a_child(voice=voice)]))[0]
    assert (school_of(said).voice is not None) is told  # type: ignore[arg-type]
