"""What the pathways of an incident are decided from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.vocabulary import MaracCriterion, Rag, RiskLevel, ScreeningChoice
from services.mash_screening.domain.facts import Facts, Route, route_of
from services.mash_screening.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Question:
    """What the pathways are decided from."""

    facts: Facts
    level: RiskLevel
    policy: Policy
    child_rag: Mapping[str, Rag]
    unborn_rag: Rag | None = None
    criteria: tuple[MaracCriterion, ...] = ()
    serial: bool = False
    age_confirmed: bool = False
    choices: Mapping[str | None, ScreeningChoice] = field(default_factory=dict)
    """What practitioners decided, by `child_ref`; None is the incident as a whole."""
    covered: frozenset[str] = frozenset()
    """The children that were decided: a decision for the whole knows those named before it."""
    unborn_decided: bool = False

    @property
    def route(self) -> Route:
        """The route of the victim's age."""
        return route_of(self.facts.victim_age)


def open_children(facts: Facts) -> bool:
    """A child already open to social care: the worker is told, nothing is screened again."""
    return any(child.open_to_social_care for child in facts.children)


def programme_fits(question: Question) -> bool:
    """A serial suspect not known to be a child."""
    return question.serial and not question.facts.suspect_age.is_child
