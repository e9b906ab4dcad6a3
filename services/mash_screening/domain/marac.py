"""Which MARAC criteria an incident meets on its own facts (domain 2, SafeLives [N])."""

from contracts.vocabulary import MaracCriterion, RiskKind, RiskLevel
from services.mash_screening.domain.facts import Facts, Route
from services.mash_screening.domain.policy import Policy

GRADED = (MaracCriterion.VISIBLE_HIGH_RISK, MaracCriterion.PROFESSIONAL_JUDGEMENT)


def criteria(
    facts: Facts,
    level: RiskLevel,
    escalated: bool,
    policy: Policy,
    met_before: tuple[MaracCriterion, ...] = (),
) -> tuple[MaracCriterion, ...]:
    """Visible high risk, professional judgement, escalation; a repeat is seen at listing.

    `level` is what holds now; where MASH lowered the grade, the grade is no criterion.
    """
    found = list(graded(facts, level, policy, met_before))
    if escalated:
        found.append(MaracCriterion.ESCALATION)
    return tuple(found)


def graded(
    facts: Facts, level: RiskLevel, policy: Policy, met_before: tuple[MaracCriterion, ...]
) -> tuple[MaracCriterion, ...]:
    """The criteria that come from the grade and its components."""
    if level.rank < facts.level.rank:
        return ()
    found = []
    if is_visible(facts, policy):
        found.append(MaracCriterion.VISIBLE_HIGH_RISK)
    if is_judged(facts, level, visible=bool(found)):
        found.append(MaracCriterion.PROFESSIONAL_JUDGEMENT)
    if not found and RiskKind.EARLIER_REVISION in kinds_at_high(facts):
        earlier = [criterion for criterion in met_before if criterion in GRADED]
        return tuple(earlier) or (_graded_earlier(facts),)
    return tuple(found)


def _graded_earlier(facts: Facts) -> MaracCriterion:
    """The criterion of a HIGH that an earlier revision alone brought."""
    kinds = {kind for component in facts.components for kind in component.kinds}
    if kinds and RiskKind.TICKS not in kinds:
        return MaracCriterion.PROFESSIONAL_JUDGEMENT
    return MaracCriterion.VISIBLE_HIGH_RISK


def is_visible(facts: Facts, policy: Policy) -> bool:
    """(1) Visible high risk: as many ticks as the area's threshold."""
    return any(
        tick_count(component.detail, component.level) >= policy.marac_ticks
        for component in facts.components
        if component.kind is RiskKind.TICKS
    )


def tick_count(detail: str | None, level: RiskLevel) -> int:
    """The ticks of a component; without a count, the least its band can mean."""
    if detail and detail.isdecimal():
        return int(detail)
    return {RiskLevel.HIGH: 14, RiskLevel.MEDIUM: 10}.get(level, 0)


def is_judged(facts: Facts, level: RiskLevel, visible: bool) -> bool:
    """(2) Professional judgement: given, or HIGH by an officer's or MASH's grade alone."""
    high = kinds_at_high(facts)
    if RiskKind.PROFESSIONAL_JUDGEMENT in high:
        return True
    regraded = level is RiskLevel.HIGH and facts.level is not RiskLevel.HIGH
    return not visible and (RiskKind.OFFICER_GRADE in high or regraded)


def kinds_at_high(facts: Facts) -> set[RiskKind]:
    """The kinds of component that say HIGH."""
    return {c.kind for c in facts.components if c.level is RiskLevel.HIGH}


def may_be_listed(route: Route, age_confirmed: bool) -> bool:
    """Never under 16; an unknown age only when a human has confirmed 16 or over."""
    if route is Route.UNKNOWN:
        return age_confirmed
    return not route.under_16
