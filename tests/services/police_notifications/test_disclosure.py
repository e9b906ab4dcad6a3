"""The disclosure matrix, cell by cell: sealed, opened with each audience's key, and read."""

from typing import Any

import pytest

from contracts.partner import Child, IncidentReport, Person, RiskAssessment, Suspect, Victim
from contracts.police import PoliceIncident
from contracts.vocabulary import Audience
from services.kit.sealing import Keyring, SealBroken, open_parts, seal_parts
from services.police_notifications.domain.disclosure import MATRIX, Cell, Column, Row
from services.police_notifications.handlers import parts
from tests.services.police_notifications.builders import Desk, a_form

FORM = a_form(
    circumstances="Narrated words.",
    school_summary="Officers came.",
    action_taken="Advice given.",
    flags=["strangulation"],
    location={"lines": ["9 Place Way"], "postcode": "S3 3CC", "kind": "public"},
    risk={
        "tool": "POLICE_DASH_27",
        "answers": {"animal": "yes"},
        "officer_grade": "HIGH",
        "professional_judgement": {"level": "HIGH", "reason": "Judged words."},
    },
    victim={
        "given_names": "Veronica",
        "family_name": "Victimson",
        "date_of_birth": "1991-03-14",
        "nhs_number": "9434765919",
        "ethnicity": "Said so",
        "address": {"lines": ["7 Victim Lane"], "postcode": "S1 1AA"},
        "previous_addresses": [{"lines": ["6 Former Lane"]}],
        "phones": [{"number": "07700 900101"}],
        "emails": ["vera@mail.test"],
        "safe_contact": {"numbers": ["07700 900102"], "unsafe_numbers": ["07700 900103"]},
    },
    suspect={
        "given_names": "Sidney",
        "family_name": "Suspectson",
        "date_of_birth": "1980-02-02",
        "occupation": "Plumber",
        "address": {"lines": ["8 Suspect Road"], "postcode": "S2 2BB"},
        "phones": [{"number": "07700 900201"}],
        "emails": ["sid@mail.test"],
    },
    children=[
        {
            "ref": "own",
            "given_names": "Kayleigh",
            "family_name": "Victimson",
            "date_of_birth": "2018-08-08",
            "present": True,
            "special_needs": True,
            "voice": "It was noisy.",
        },
        {"ref": "sib", "given_names": "Leighton", "date_of_birth": "2015-05-05", "voice": "I hid."},
    ],
)
VICTIM_NAME, VICTIM_MORE = {"Veronica", "1991-03-14"}, {"9434765919", "Said so"}
SAFE = {"07700 900102"}
VICTIM_WAYS = {"7 Victim Lane", "6 Former Lane", "07700 900101", "vera@mail.test", "07700 900103"}
SUSPECT_NAME, SUSPECT_MORE = {"Sidney", "Suspectson"}, {"1980-02-02", "Plumber"}
SUSPECT_WAYS = {"8 Suspect Road", "07700 900201", "sid@mail.test", "S2 2BB"}
ANSWERS = {"POLICE_DASH_27", '"animal"', "Judged words"}
OWN_CHILD, OTHER_CHILD = {"Kayleigh", "2018-08-08"}, {"Leighton", "2015-05-05"}
OWN_VOICE, OTHER_VOICE = {"It was noisy"}, {"I hid"}
CIRCUMSTANCES = {"Narrated words"}
PLACE, KIND, SUMMARY = {"9 Place Way", "S3 3CC"}, {'"public"'}, {"Officers came", "Advice given"}
VICTIM, SUSPECT = VICTIM_NAME | VICTIM_MORE, SUSPECT_NAME | SUSPECT_MORE
CHILDREN, VOICES = OWN_CHILD | OTHER_CHILD, OWN_VOICE | OTHER_VOICE
WHOLE_PLACE = PLACE | KIND | SUMMARY
NOTHING: set[str] = set()

# What each column sees of each row; the rest of the row it must not see.
SEEN: dict[str, tuple[set[str], list[set[str]]]] = {
    "victim identity": (VICTIM, [VICTIM, VICTIM, VICTIM, VICTIM_NAME, NOTHING, NOTHING, NOTHING]),
    "victim address, contact": (
        VICTIM_WAYS | SAFE,
        [VICTIM_WAYS | SAFE] * 3 + [SAFE, NOTHING, NOTHING, NOTHING],
    ),
    "suspect identity": (SUSPECT, [SUSPECT] * 3 + [SUSPECT_NAME, NOTHING, NOTHING, NOTHING]),
    "suspect address, contact": (SUSPECT_WAYS, [SUSPECT_WAYS] * 3 + [NOTHING] * 4),
    "answers": (ANSWERS, [NOTHING, ANSWERS, ANSWERS, NOTHING, NOTHING, NOTHING, NOTHING]),
    "children": (CHILDREN, [CHILDREN] * 3 + [NOTHING] + [OWN_CHILD] * 3),
    "voice of child": (VOICES, [NOTHING, VOICES, VOICES, NOTHING, NOTHING, OWN_VOICE, OWN_VOICE]),
    "circumstances": (CIRCUMSTANCES, [NOTHING, CIRCUMSTANCES, CIRCUMSTANCES] + [NOTHING] * 4),
    "kind of place; school summary, action": (
        WHOLE_PLACE,
        [NOTHING, WHOLE_PLACE, WHOLE_PLACE, NOTHING, NOTHING, KIND, KIND | SUMMARY],
    ),
}
COLUMNS = ["identity", "mash", "idva", "contact", "school L0", "school L1", "school L2"]
CELLS = [
    pytest.param(column, row, seen[place], everything - seen[place], id=f"{row} / {column}")
    for row, (everything, seen) in SEEN.items()
    for place, column in enumerate(COLUMNS)
]
RING = Keyring.generated("now")


def sealed(**policy: Any) -> PoliceIncident:
    """The report as it is published."""
    return seal_parts(Desk(**policy).told(FORM), RING)


def read_by(column: str) -> str:
    """All that an audience can read with its own key, fillers and defaults aside."""
    audience, _, level = column.partition(" ")
    said = sealed(**({"school_content_level": level} if level else {}))
    opened = open_parts(said, RING.only([Audience(audience)]), [Audience(audience)])
    part: Any = opened.sealed.schools["own"] if level else getattr(opened.sealed, audience)
    text: str = part.model_dump_json(exclude_none=True, exclude_defaults=True)
    return text


@pytest.mark.parametrize(("column", "row", "seen", "unseen"), CELLS)
def test_each_audience_sees_exactly_its_cell(
    column: str, row: str, seen: set[str], unseen: set[str]
) -> None:
    text = read_by(column)
    assert {word for word in seen if word not in text} == set()
    assert {word for word in unseen if word in text} == set()


def test_contact_is_told_the_band_and_the_count_and_fingerprints_alone() -> None:
    said = sealed()
    part: Any = open_parts(said, RING, [Audience.CONTACT]).sealed.contact
    assert (part.risk_level, part.children_count) == ("HIGH", 2)
    assert part.suspect_name == "Sidney Suspectson"
    assert len(part.unsafe) == 4
    assert all(point.fingerprint and point.value is None for point in part.unsafe)


def test_a_school_learns_reference_and_presence_from_l1() -> None:
    for level, told in (("L0", False), ("L1", True), ("L2", True)):
        text = read_by(f"school {level}")
        assert ('"R1"' in text) is told
        assert ("present" in text) is told


def test_a_school_never_learns_the_grade_another_child_or_a_special_need() -> None:
    for level in ("L0", "L1", "L2"):
        text = read_by(f"school {level}")
        for secret in ("HIGH", "Leighton", "special", "strangulation", "Veronica", "Sidney"):
            assert secret not in text


def test_every_part_is_ciphertext_on_the_wire_and_plain_fields_hold_nothing_personal() -> None:
    text = sealed().model_dump_json()
    for words, _ in SEEN.values():
        assert {word for word in words - KIND - ANSWERS if word in text} == set()
    assert "Judged words" not in text


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.CONTACT_UNSAFE])
def test_no_audience_can_open_anothers_part(audience: Audience) -> None:
    said = sealed()
    for other in set(Audience) - {audience, Audience.CONTACT_UNSAFE}:
        with pytest.raises(SealBroken):
            open_parts(said, RING.only([audience]), [other])


def test_parts_of_the_old_key_open_while_the_ring_still_holds_it() -> None:
    new = Keyring.generated("next")
    keys = {a: {**RING.keys[a], **new.keys[a]} for a in Audience}
    both = Keyring(keys, new.seal_with, new.fingerprint)
    before, after = sealed(), seal_parts(Desk().told(FORM), both)
    for said in (before, after):
        opened: Any = open_parts(said, both, [Audience.MASH])
        assert opened.sealed.mash.circumstances == "Narrated words."
    with pytest.raises(SealBroken):
        open_parts(before, new, [Audience.MASH])


def test_a_part_of_another_child_incident_or_revision_is_not_opened() -> None:
    said = sealed()
    other = seal_parts(Desk().told({**FORM, "reference": "R2"}), RING)
    later = seal_parts(Desk().told({**FORM, "revision": 2}), RING)
    parts_of = said.sealed
    swapped_child = parts_of.model_copy(
        update={"schools": {"own": parts_of.schools["sib"], "sib": parts_of.schools["own"]}}
    )
    for wrong in (other.sealed, later.sealed, swapped_child):
        with pytest.raises(SealBroken):
            open_parts(said.model_copy(update={"sealed": wrong}), RING, [Audience.SCHOOL])


def test_the_second_incident_is_sealed_apart() -> None:
    party = {"given_names": "Sidney", "family_name": "Suspectson",
             "safe_contact": {"numbers": ["07700 900777"]}}  # fmt: skip
    one, other = Desk().take({**FORM, "other_party": party})
    assert isinstance(one, PoliceIncident)
    assert isinstance(other, PoliceIncident)
    first, second = seal_parts(one, RING), seal_parts(other, RING)
    with pytest.raises(SealBroken):
        open_parts(first.model_copy(update={"sealed": second.sealed}), RING, [Audience.MASH])
    hers: Any = open_parts(first, RING, [Audience.CONTACT]).sealed.contact
    his: Any = open_parts(second, RING, [Audience.CONTACT]).sealed.contact
    assert "07700 900777" not in hers.model_dump_json()
    assert "07700 900102" not in his.model_dump_json()
    assert [point.value for point in his.points] == ["07700 900777"]
    assert (hers.suspect_name, his.suspect_name) == ("Sidney Suspectson", "Veronica Victimson")


def test_an_area_may_withhold_more_and_never_less() -> None:
    withheld = {Column.IDVA: (Row.CIRCUMSTANCES, Row.SUSPECT_CONTACT)}
    said = Desk(withheld=withheld).told(FORM)
    idva, mash = said.sealed.idva, said.sealed.mash
    text = idva.model_dump_json() if not isinstance(idva, str) and idva else ""
    assert "Narrated" not in text
    assert "8 Suspect Road" not in text
    assert "Veronica" in text
    assert mash is not None
    assert not isinstance(mash, str)
    assert "Narrated" in mash.model_dump_json()
    for column in (Column.CONTACT, Column.IDENTITY):
        with pytest.raises(ValueError, match="same everywhere"):
            Desk(withheld={column: (Row.CHILDREN,)})


@pytest.mark.parametrize("kind", [Person, Victim, Suspect, Child])
def test_every_field_of_a_person_stands_in_a_row(kind: type[Person]) -> None:
    listed = parts.IDENTITY_FIELDS | parts.CONTACT_FIELDS | parts.VOICE_FIELDS
    assert set(kind.model_fields) <= listed


def test_every_field_of_a_report_is_sealed_by_a_row_or_is_plain() -> None:
    plain = {
        *("source", "reference", "revision", "status", "occurred_at", "reported_at", "area"),
        *("flags", "lead_agency_engaged"),
    }
    people = {"victim", "suspect", "children", "other_party"}
    sealed_fields = parts.PLACE_FIELDS | {"circumstances", "risk"} | people
    assert set(IncidentReport.model_fields) == plain | sealed_fields
    assert set(RiskAssessment.model_fields) == parts.ANSWER_FIELDS | {"assessed_at"}


def test_the_matrix_says_no_wherever_the_domain_does() -> None:
    school = (Column.SCHOOL_L0, Column.SCHOOL_L1, Column.SCHOOL_L2)
    closed = (
        *(Row.VICTIM_IDENTITY, Row.VICTIM_CONTACT, Row.SUSPECT_IDENTITY),
        *(Row.SUSPECT_CONTACT, Row.ANSWERS, Row.CIRCUMSTANCES),
    )
    assert {MATRIX[row][column] for row in closed for column in school} == {Cell.NO}
