"""A part opens for its own audience, in its own event, and nowhere else."""

import base64
import json
from datetime import date
from uuid import UUID

import pytest

from contracts.envelope import Event
from contracts.identity import UnsafeContactFound
from contracts.partner import CIRCUMSTANCES_LIMIT, Victim
from contracts.sealed import (
    CasePart,
    ContactPart,
    SafePoint,
    SchoolPart,
    SealedParts,
    UnsafePart,
    UnsafePoint,
)
from contracts.vocabulary import Audience, ContentLevel, PersonId, incident_id_of
from services.kit.fingerprints import address_value, normal_phone, normalised
from services.kit.sealing import Keyring, SealBroken, open_parts, seal_parts

RING = Keyring.generated()
VICTIM = PersonId(UUID(int=7))


class Sealing(Event):
    """An event with parts, for these tests."""

    incident_id: UUID
    revision: int
    sealed: SealedParts


def a_school_part(name: str = "Asha") -> SchoolPart:
    return SchoolPart(
        content_level=ContentLevel.L1, given_names=name, incident_date=date(2026, 11, 20)
    )


def an_event(reference: str = "R1", revision: int = 1, **parts: object) -> Sealing:
    return Sealing(
        incident_id=incident_id_of("police", reference),
        revision=revision,
        sealed=SealedParts().model_copy(update=parts),
    )


def header_of(token: str) -> object:
    head = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


def test_a_sealed_part_is_a_compact_jwe_whose_header_names_what_it_belongs_to() -> None:
    event = seal_parts(an_event(schools={"c1": a_school_part()}), RING)
    token = event.sealed.schools["c1"]
    assert isinstance(token, str) and token.count(".") == 4
    assert header_of(token) == {
        "alg": "dir",
        "enc": "A256GCM",
        "kid": "school-1",
        "aud": "school",
        "incident": str(event.incident_id),
        "revision": 1,
        "child": "c1",
    }


def test_an_audience_opens_its_own_part_and_passes_the_others_on_unchanged() -> None:
    sealed = seal_parts(
        an_event(contact=ContactPart(given_names="Ruth"), schools={"c1": a_school_part()}), RING
    )
    opened = open_parts(sealed, RING.only([Audience.SCHOOL]), [Audience.SCHOOL])
    assert opened.sealed.schools == {"c1": a_school_part()}
    assert opened.sealed.contact == sealed.sealed.contact


def test_a_part_of_another_child_incident_or_revision_does_not_open() -> None:
    sealed = seal_parts(an_event(schools={"c1": a_school_part(), "c2": a_school_part("Bo")}), RING)
    parts = sealed.sealed.schools
    swapped = an_event(schools={"c1": parts["c2"]})
    elsewhere = an_event(reference="R2", schools=dict(parts))
    older = an_event(revision=2, schools=dict(parts))
    for event in (swapped, elsewhere, older):
        with pytest.raises(SealBroken, match="belongs to another"):
            open_parts(event, RING, [Audience.SCHOOL])


def test_a_tampered_part_does_not_open() -> None:
    sealed = seal_parts(an_event(contact=ContactPart(given_names="Ruth")), RING)
    token = str(sealed.sealed.contact)
    head, _, tail = token.rpartition(".")
    flipped = head + "." + ("A" if tail[0] != "A" else "B") + tail[1:]
    with pytest.raises(SealBroken, match="tampered"):
        open_parts(an_event(contact=flipped), RING, [Audience.CONTACT])
    with pytest.raises(SealBroken, match="not a compact JWE"):
        open_parts(an_event(contact="nonsense"), RING, [Audience.CONTACT])


def test_a_part_sealed_with_an_unknown_key_does_not_open_and_an_old_key_still_does() -> None:
    old, new = Keyring.generated("1"), Keyring.generated("2")
    sealed = seal_parts(an_event(contact=ContactPart(given_names="Ruth")), old)
    with pytest.raises(SealBroken, match="does not hold"):
        open_parts(sealed, new, [Audience.CONTACT])
    both = Keyring(
        {a: {**old.keys[a], **new.keys[a]} for a in Audience}, new.seal_with, new.fingerprint
    )
    assert open_parts(sealed, both, [Audience.CONTACT]).sealed.contact == ContactPart(
        given_names="Ruth"
    )


def test_safe_points_carry_fingerprints_and_unsafe_ones_nothing_else() -> None:
    safe = SafePoint(kind="phone", channels=("call",), value="07700 900123")
    part = ContactPart(points=(safe,), unsafe=(UnsafePoint(kind="phone", value="07700900456"),))
    sealed = seal_parts(an_event(contact=part), RING)
    opened = open_parts(sealed, RING, [Audience.CONTACT]).sealed.contact
    assert isinstance(opened, ContactPart)
    assert opened.points[0].fingerprint == RING.fingerprint.of("phone", "+447700900123")
    assert opened.unsafe == (
        UnsafePoint(kind="phone", fingerprint=RING.fingerprint.of("phone", "07700900456")),
    )


def test_unsafe_points_of_a_victim_travel_without_incident_or_revision() -> None:
    found = UnsafeContactFound(
        version=1,
        victim_id=VICTIM,
        sealed=SealedParts(
            contact_unsafe=UnsafePart(
                victim_id=VICTIM, points=(UnsafePoint(kind="email", value="A@B.example"),)
            )
        ),
    )
    sealed = seal_parts(found, RING)
    assert "b.example" not in sealed.model_dump_json().casefold()
    opened = open_parts(sealed, RING, [Audience.CONTACT_UNSAFE]).sealed.contact_unsafe
    assert isinstance(opened, UnsafePart)
    assert opened.points[0].fingerprint == RING.fingerprint.of("email", "a@b.example ")


def test_the_longest_narrative_that_a_report_may_carry_can_be_sealed_and_opened() -> None:
    part = CasePart(victim=Victim(), circumstances="\N{PERSON FROWNING}" * CIRCUMSTANCES_LIMIT)
    sealed = seal_parts(an_event(mash=part), RING)
    assert open_parts(sealed, RING, [Audience.MASH]).sealed.mash == part


def test_a_keyring_survives_its_file_and_a_wrong_file_is_said_to_be_one() -> None:
    again = Keyring.from_json(RING.to_json())
    sealed = seal_parts(an_event(contact=ContactPart(given_names="Ruth")), RING)
    assert open_parts(sealed, again, [Audience.CONTACT]).sealed.contact == ContactPart(
        given_names="Ruth"
    )
    with pytest.raises(ValueError, match="not a keyring"):
        Keyring.from_json(json.dumps({"audiences": 3}))


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "07700 900123", "+44 7700 900 123"),
        ("email", "Ruth@Example.org", "ruth@example.org "),
        (
            "address",
            address_value(["12 High Street"], "S60 2QU"),
            address_value(["12, High St."], "s602qu"),
        ),
    ],
)
def test_the_same_point_written_differently_has_one_fingerprint(
    kind: str, one: str, other: str
) -> None:
    assert normalised(kind, one) == normalised(kind, other)


def test_other_numbers_and_other_houses_have_other_fingerprints() -> None:
    assert normal_phone("07700 900123") != normal_phone("07700 900124")
    assert normalised("address", "12 High Street\nS60 2QU") != normalised(
        "address", "14 High Street\nS60 2QU"
    )
