"""The reasons of a screening, as codes with a sentence; ids only, nothing personal."""

from collections.abc import Mapping
from uuid import UUID

from contracts.vocabulary import AgeBand, Flag, Rag, RiskKind, RiskLevel, ScreeningChoice
from services.mash_screening.domain.facts import Facts, Route, Why, route_of
from services.mash_screening.domain.history import Counts
from services.mash_screening.domain.rag import adult_rag, child_counts, counting, flagged_unborn

INJURED = Why("child_injured", "A child was injured: RED.")
THREATENED = Why("threat_to_children", "There was a threat to kill children: RED.")
THIRD_GREEN = Why("third_green", "The third GREEN of the same victim within 90 days: AMBER.")
TRIAGE = Why("strangulation_triage", "Strangulation: triage the same day.")
ONE_CHANCE = Why(
    "one_chance_rule",
    "Honour-based abuse or forced marriage: no letter, no voicemail, no shared or household "
    "number, never through family.",
)
OLDER = Why("older_person", "The victim is 60 or over: care-and-support test (Care Act s.42).")
AGE_UNKNOWN = Why("age_unknown", "The victim's age is unknown: adult route until somebody says.")
SUSPECT_CHILD = Why("suspect_under_18", "The suspect is under 18: own safeguarding referral.")
OPEN_CHILD = Why(
    "open_to_social_care", "A child is open to social care: not screened again, the worker is told."
)
LOWER_GRADE = Why("lower_grade_asked", "A revision graded lower: only MASH can lower the grade.")
REGRADED = Why("regraded", "MASH set the grade.")
YPVA_ADVISES = Why("ypva_advises", "At 13-15 a young people's advocate advises the professionals.")


def reasons(facts: Facts, level: RiskLevel, rag: Rag, counts: Counts) -> tuple[Why, ...]:
    """Why this incident has this priority, and what a reader must know beside it."""
    return (table_row(facts, level, rag), *(why for why, holds in marks(facts, counts) if holds))


def table_row(facts: Facts, level: RiskLevel, rag: Rag) -> Why:
    """The row of the table that gave the priority."""
    source = "the adult's own risk" if rag is adult_rag(level) else "a child's priority"
    children = "a child counts" if child_counts(facts) else "no child counts"
    return Why("rag_table", f"{level} risk, {children}: {rag} from {source}.")


def marks(facts: Facts, counts: Counts) -> list[tuple[Why, bool]]:
    """Every other reason, and whether it holds."""
    route = route_of(facts.victim_age)
    flags = set(facts.flags)
    kinds = {component.kind for component in facts.components}
    counted = counting(facts)
    return [
        (INJURED, any(child.injured for child in counted)),
        (THREATENED, facts.threat_kill_children and bool(counted or flagged_unborn(facts))),
        (THIRD_GREEN, counts.third_green),
        (TRIAGE, Flag.STRANGULATION in flags),
        (ONE_CHANCE, bool(flags & {Flag.HONOUR_BASED, Flag.FORCED_MARRIAGE})),
        (OLDER, facts.victim_age is AgeBand.SIXTY_AND_OVER),
        (AGE_UNKNOWN, route is Route.UNKNOWN),
        (YPVA_ADVISES, route is Route.CHILD_ADVISED),
        (SUSPECT_CHILD, facts.suspect_age.is_child),
        (OPEN_CHILD, any(child.open_to_social_care for child in facts.children)),
        (LOWER_GRADE, RiskKind.EARLIER_REVISION in kinds),
        (escalation(counts.events), counts.escalated),
        (series(counts.serial_incidents), bool(counts.serial_incidents)),
    ]


def escalation(events: int) -> Why:
    """Escalation: many events in a year (MARAC criterion 3)."""
    return Why("escalation", f"{events} domestic-abuse events of this victim within 12 months.")


def series(incidents: tuple[UUID, ...]) -> Why:
    """A serial perpetrator, by the ids of the other victims' incidents."""
    listed = ", ".join(str(incident) for incident in incidents)
    return Why("serial_suspect", f"The same suspect with other victims within 12 months: {listed}.")


def decided(choices: Mapping[str | None, ScreeningChoice]) -> tuple[Why, ...]:
    """What a practitioner decided."""
    names = sorted({choice.value for choice in choices.values()})
    return (Why("practitioner_decided", f"Decided: {', '.join(names)}."),) if names else ()
