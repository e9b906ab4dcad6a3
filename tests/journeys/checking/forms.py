"""Which fields of a sender's form are at fault, judged from the table of the contract."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

PERSON: dict[str, Any] = {
    "given_names": "text",
    "family_name": "text",
    "previous_family_names": ["text"],
    "known_as": ["text"],
    "date_of_birth": "date",
    "sex": "text",
    "nhs_number": "text",
    "address": {"lines": ["text"], "postcode": "text"},
    "previous_addresses": [{"lines": ["text"], "postcode": "text"}],
    "phones": [{"number": "text", "shared_with_suspect": "yes_or_no"}],
    "emails": ["text"],
    "relationship_to_victim": "text",
    "ethnicity": "text",
    "disability": "text",
    "occupation": "text",
    "employer_urn": "text",
    "employer_role": "text",
}
SCHOOLING = {"education": "text", "school_urn": "text", "other_school_urns": ["text"]}
VICTIM: dict[str, Any] = {
    **PERSON,
    **SCHOOLING,
    "safe_contact": {
        "numbers": ["text"],
        "unsafe_numbers": ["text"],
        "windows": [{"days": ["text"], "from": "text", "to": "text"}],
        "voicemail_ok": "yes_or_no",
        "sms_ok": "yes_or_no",
        "email_ok": "yes_or_no",
        "letter_ok": "yes_or_no",
        "code_word_agreed": "yes_or_no",
        "verified_at": "time",
    },
    "consent": {"given": "yes_or_no", "at": "time"},
    "interpreter_language": "text",
    "in_hospital": "yes_or_no",
    "care_needs": "yes_or_no",
    "wants_specialism": ["text"],
}
CHILD: dict[str, Any] = {
    **PERSON,
    **SCHOOLING,
    "ref": "text",
    **dict.fromkeys(
        (
            "present",
            "witnessed",
            "injured",
            "unborn",
            "special_needs",
            "open_to_social_care",
        ),
        "yes_or_no",
    ),
    "voice": "text",
    "voice_absent_reason": "text",
}
REPORT: dict[str, Any] = {
    "source": "text",
    "reference": "text",
    "revision": "whole",
    "status": "text",
    "occurred_at": "time",
    "reported_at": "time",
    "area": "text",
    "location": {"lines": ["text"], "postcode": "text", "kind": "text"},
    "circumstances": "text",
    "school_summary": "text",
    "action_taken": "text",
    "flags": ["text"],
    "risk": {
        "tool": "text",
        "officer_grade": "text",
        "professional_judgement": {"level": "text", "reason": "text"},
        "assessed_at": "time",
    },
    "victim": VICTIM,
    "suspect": {**PERSON, "anonymous": "yes_or_no", "custody": "text"},
    "children": [CHILD],
    "other_party": VICTIM,
    "lead_agency_engaged": "text",
}
FILLERS = {"", "n/a", "na", "unknown", "not known", "none", "null", "-", "tbc", "test"}
LONGEST_CIRCUMSTANCES = 20_000
TIME = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


def is_filler(value: object) -> bool:
    """What partners write for nothing."""
    return isinstance(value, str) and value.strip().casefold() in FILLERS


def faults(data: Any) -> set[str]:
    """JSON pointers of what refuses a report; empty = it may be acted on."""
    if not isinstance(data, dict):
        return {""}
    found = {
        f"/{name}"
        for name in ("source", "reference", "revision", "status")
        if is_absent(data, name)
    }
    found |= set(_wrong(data, REPORT, ""))
    if not found and (data["revision"] < 1):
        found.add("/revision")
    if not found and data["status"] not in ("reported", "cancelled"):
        found.add("/status")
    if isinstance(data.get("circumstances"), str):
        too_long = len(data["circumstances"]) > LONGEST_CIRCUMSTANCES
        found |= {"/circumstances"} if too_long else set()
    if not found and data["status"] == "reported" and is_nobody(data.get("victim")):
        found.add("/victim")
    return found


def is_nobody(victim: Any) -> bool:
    """No name, no birth date, no address and no number: no way to tell her from nobody."""
    if not isinstance(victim, dict):
        return True
    address = victim.get("address") or {}
    words = [victim.get(name) for name in ("given_names", "family_name", "nhs_number")]
    words += [*victim.get("known_as", ()), *victim.get("emails", ())]
    words += [phone.get("number") for phone in victim.get("phones", ())]
    words += [*address.get("lines", ()), address.get("postcode"), born(victim)]
    words += (victim.get("safe_contact") or {}).get("numbers", ())
    return all(word is None or is_filler(word) for word in words)


def born(person: Any) -> date | None:
    """A birth date that can be believed."""
    given = person.get("date_of_birth")
    if not isinstance(given, str) or is_filler(given) or given in ("1900-01-01", "1970-01-01"):
        return None
    return date.fromisoformat(given)


def is_absent(data: dict[str, Any], name: str) -> bool:
    """Whether a field says nothing."""
    return data.get(name) is None or is_filler(data[name])


def _wrong(value: Any, shape: Any, path: str) -> Iterator[str]:
    if value is None or (is_filler(value) and shape != "text"):
        return
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield path
            return
        for name, inner in shape.items():
            yield from _wrong(value.get(name), inner, f"{path}/{name}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield path
            return
        for place, one in enumerate(value):
            yield from _wrong(one, shape[0], f"{path}/{place}")
    elif not _is(value, shape):
        yield path


def _is(value: Any, kind: str) -> bool:
    if kind == "text":
        return isinstance(value, str) and "\x00" not in value
    if kind == "yes_or_no":
        return isinstance(value, bool)
    if kind == "whole":
        return isinstance(value, int) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    try:
        if kind == "date":
            date.fromisoformat(value)
            return True
        return bool(TIME.match(value)) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
