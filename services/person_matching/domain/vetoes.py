"""What keeps a machine from joining two records, whatever their weight: a table to read."""

from collections.abc import Callable
from dataclasses import dataclass

from services.person_matching.domain.evidence import (
    ADDRESS,
    AGREE,
    BIRTH,
    EMAIL,
    FORENAME,
    LANDLINE,
    MIDDLE,
    MOBILE,
    NEAR_BIRTH,
    NHS,
    SURNAME,
    Evidence,
    child_meets_adult,
)
from services.person_matching.domain.features import Features, Role
from services.person_matching.domain.frequencies import REAL, forename_per_million

VICTIMS = frozenset((Role.VICTIM, Role.BOTH))
SUSPECTS = frozenset((Role.SUSPECT, Role.BOTH))


@dataclass(frozen=True, slots=True)
class Veto:
    """One rule: its code, what a human reads, and whether it forbids."""

    code: str
    sentence: str
    forbids: Callable[[Evidence], bool]


def same_number(found: Evidence) -> bool:
    """Whether the NHS numbers agree."""
    return found.at(NHS) == "exact"


def forenames_differ(found: Evidence) -> bool:
    """Whether the forenames are two names."""
    return found.at(FORENAME) in ("differ", "two_names")


def forename_unsaid(found: Evidence) -> bool:
    """Whether there is no forename to go by."""
    return found.at(FORENAME) in (None, "initial") and not same_number(found)


def births_differ(found: Evidence) -> bool:
    """Whether the birth dates are two dates."""
    return found.at(BIRTH) in ("differ", "year")


def birth_unsaid(found: Evidence) -> bool:
    """Whether a birth date is missing and nothing personal stands in for it."""
    if found.at(BIRTH) is not None or same_number(found):
        return False
    if child_meets_adult(found.record, found.candidate):
        return True
    if found.at(FORENAME) in ("exact", "nickname") and found.personal:
        return False
    lives_elsewhere = found.at(ADDRESS) == "differ"
    if lives_elsewhere or not found.family or prefix_unlike(found):
        return True
    if found.record.role is not Role.CHILD and (
        says_only_a_name(found.record) or all(map(says_only_a_name, found.candidate.records))
    ):
        # A partner after this one may bear his name; two children of one home do not.
        return True
    return not (nearly_named(found) and same_place_in_family(found))


def says_only_a_name(record: Features) -> bool:
    """Whether a record without a birth date gives neither an address nor any contact."""
    return not (record.places or record.mobiles or record.landlines or record.emails)


def prefix_unlike(found: Evidence) -> bool:
    """Whether one is called Tariq and the other Mohammed Tariq: brothers may be."""
    mine = found.record.prefix is None
    return all((known.prefix is None) is not mine for known in found.candidate.records)


def nearly_named(found: Evidence) -> bool:
    """Whether the full name agrees but for one slip of the hand."""
    if found.full_name:
        return True
    forename, surname = found.at(FORENAME), found.at(SURNAME)
    return (forename == "exact" and surname == "typo") or (surname in AGREE and is_slip(found))


def is_slip(found: Evidence) -> bool:
    """Whether one of the forenames is a real name and the other, a slip away, is none."""
    if found.at(FORENAME) != "typo":
        return False
    calls = {record.call or "" for record in found.candidate.records} | {found.record.call or ""}
    known = [forename_per_million(call) for call in calls]
    return min(known) == 0 and max(known) >= REAL


def same_place_in_family(found: Evidence) -> bool:
    """Whether role and relationship are as in a record before, and nobody is named alike."""
    record = found.record
    as_before = any(
        known.role is record.role and same_relationship(known, record)
        for known in found.candidate.records
    )
    return as_before and not found.relative_alike


def same_relationship(known: Features, record: Features) -> bool:
    """Whether the relationship is the same; a victim's is that of her suspect, if it was said."""
    if record.role is Role.VICTIM and None in (known.relationship, record.relationship):
        return True
    return known.relationship == record.relationship


def possible_twin(found: Evidence) -> bool:
    """Whether a twin would look like this: birth date and surname agree, the forename does not."""
    alike = found.at(BIRTH) == "exact" and found.at(SURNAME) != "differ"
    named = found.at(FORENAME) in ("exact", "nickname", "swapped") or slip_at_home(found)
    return alike and not named and not same_number(found) and not found.own_contact


def slip_at_home(found: Evidence) -> bool:
    """Whether a forename is but a slip away, in the same home or family, and no twin is known."""
    near = found.at(ADDRESS) == "number" or found.family or found.personal
    return near and is_slip(found) and not found.twin_known


def birth_only_near(found: Evidence) -> bool:
    """Whether the birth date is only near, which parents, children and siblings can be."""
    if found.at(BIRTH) not in NEAR_BIRTH or same_number(found) or found.own_contact:
        return False
    known = nearly_named(found) if found.family else found.full_name
    return found.decades_apart or not (known or found.personal)


def surnames_differ(found: Evidence) -> bool:
    """Whether the family names differ and no contact with the very forename outweighs it."""
    if found.at(SURNAME) != "differ" or same_number(found):
        return False
    reached = found.personal or found.at(LANDLINE) == "exact" or found.at(ADDRESS) == "number"
    return not (reached and found.at(FORENAME) == "exact" and found.at(BIRTH) == "exact")


def too_little(found: Evidence) -> bool:
    """Whether fewer than two of name, birth date, and contact or number agree."""
    name = found.at(FORENAME) not in (None, "differ", "two_names") and found.at(SURNAME) != "differ"
    birth = found.at(BIRTH) == "exact" or found.at(BIRTH) in NEAR_BIRTH
    contact = (
        found.personal
        or found.at(MOBILE) == "digit"
        or found.at(EMAIL) == "household"
        or found.at(LANDLINE) == "exact"
        or found.at(ADDRESS) in ("number", "line")
        or same_number(found)
        or found.family
    )
    return name + birth + contact < 2


def name_and_birth_alone(found: Evidence) -> bool:
    """Whether nothing but name and birth date agrees: two people of a borough may share both.

    A middle name is more than that only where the birth date is the very same.
    """
    more = (
        found.personal
        or found.at(MOBILE) == "digit"
        or found.at(LANDLINE) is not None
        or found.at(EMAIL) == "household"
        or found.at(ADDRESS) in ("number", "line", "postcode")
        or (found.at(MIDDLE) == "exact" and found.at(BIRTH) not in NEAR_BIRTH)
        or same_number(found)
        or found.family
    )
    return not more


def generic_contact(found: Evidence) -> bool:
    """Whether the only contact that agrees is one that others have given too."""
    if found.at(BIRTH) is not None or found.at(ADDRESS) in ("number", "line"):
        return False
    return found.personal and not found.own_contact and not same_number(found)


def other_role(found: Evidence) -> bool:
    """Whether a victim would become a suspect, or the reverse, on less than full proof."""
    roles = found.candidate.roles
    record = frozenset((found.record.role,))
    crosses = (record & VICTIMS and not roles & VICTIMS and roles & SUSPECTS) or (
        record & SUSPECTS and not roles & SUSPECTS and roles & VICTIMS
    )
    if not crosses or same_number(found):
        return False
    proven = found.own_contact or found.at(ADDRESS) == "number" or found.family
    return not (found.full_name and found.at(BIRTH) == "exact" and proven)


VETOES: tuple[Veto, ...] = (
    Veto("nhs_differs", "The NHS numbers differ.", lambda e: "nhs" in e.conflicts),
    Veto("forenames_differ", "The forenames are two different names.", forenames_differ),
    Veto("forename_unsaid", "A forename is missing or only an initial.", forename_unsaid),
    Veto("births_differ", "The birth dates differ.", births_differ),
    Veto("birth_unsaid", "A birth date is missing and nothing personal agrees.", birth_unsaid),
    Veto("possible_twin", "It may be a twin: same birth date and surname only.", possible_twin),
    Veto("birth_only_near", "The birth date is only near; a relative may fit.", birth_only_near),
    Veto("surnames_differ", "The family names differ.", surnames_differ),
    Veto("sex_differs", "The sex differs.", lambda e: "sex" in e.conflicts),
    Veto(
        "middle_differs",
        "The middle names differ.",
        lambda e: e.at(MIDDLE) == "differ" and not same_number(e),
    ),
    Veto("too_little", "Fewer than two of name, birth date and contact agree.", too_little),
    Veto("name_and_birth_alone", "Only name and birth date agree.", name_and_birth_alone),
    Veto("generic_contact", "Others have given the only contact that agrees.", generic_contact),
    Veto("other_role", "A victim and a suspect would become one person.", other_role),
)


def vetoes_of(found: Evidence) -> tuple[Veto, ...]:
    """The rules that forbid, in the order of the table."""
    return tuple(veto for veto in VETOES if veto.forbids(found))
