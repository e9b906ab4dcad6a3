"""The reasons of an alert, as codes with a sentence; nothing personal."""

from collections.abc import Iterable

from contracts.envelope import Reason

SENTENCES = {
    "home_educated": "The child is educated at home: the authority's officer is told.",
    "not_in_school": "The child is not in school: the authority's officer is told.",
    "school_unknown": "Nobody knows the child's school: the education team resolves it.",
    "urn_unknown": "The URN is not in the register of schools: the education team resolves it.",
    "school_closed": "The school is closed without a successor: the education team resolves it.",
    "successor_school": "The school is closed: its successor is told.",
    "early_years_not_told": "Policy of this area: early years settings are not told.",
    "register_differs": "The authority's register says otherwise than the report, and wins.",
    "register_old": "An older entry of the authority's register differs: the school is unknown.",
    "possibly_same_differs": "The register differs for a child who may be the same: unknown.",
    "enrolment_ended": "The child has left the reported school: the education team resolves it.",
    "held_over_summer": "Held over 31 August, and nothing confirms the school: unknown.",
    "conflict_role_skipped": "A party works at the school: the role they hold is skipped.",
    "conflict_role_unknown": "A party works there in an unknown role: nobody there is told.",
    "no_reader": "Nobody at the school may or can be written to: the authority's lead is told.",
    "calendar_unknown": "The school's term dates are unknown: weekdays less bank holidays count.",
    "incident_cancelled": "The police cancelled the incident.",
    "child_left_out": "A later revision does not name the child any more.",
    "school_changed": "The child is not at this school.",
    "not_a_child": "The person is not under 18, or not born yet.",
    "not_our_pupil": "The school says that the child is not its pupil.",
    "content_changed": "What a school may be told has changed.",
    "area_changed": "The incident is another area's: that area's desk is told instead.",
    "told_instead": "It is settled whom to tell: the desk is concerned no more.",
    "no_acknowledgement": "Nobody at the school has acknowledged the alert.",
    "conflict_learned": "It became known that a party works at the school: the lead is told.",
    "mail_failed": "The mail was not accepted: the next role is told.",
    "correction_failed": "A correction could not be handed over.",
    "phone_task": "Somebody must telephone the school.",
    "alert_overdue": "The alert was not out, or a desk had not answered, by its deadline.",
}


def reason_of(code: str) -> Reason:
    """A reason as others read it; a text that was left out says which and why in its code."""
    words = code.replace("_", " ")
    return Reason(code=code, sentence=SENTENCES.get(code, f"A text was left out: {words}."))


def reasons_of(codes: Iterable[str]) -> tuple[Reason, ...]:
    """Reasons, each once."""
    return tuple(reason_of(code) for code in dict.fromkeys(codes))
