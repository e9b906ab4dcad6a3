"""Where a screening leads, who wants to contact, and why other ways were not taken (domain 3)."""

from dataclasses import dataclass

from contracts.vocabulary import (
    Agency,
    Consent,
    Flag,
    Pathway,
    Rag,
    RiskLevel,
    ScreeningChoice,
)
from services.mash_screening.domain.facts import NotTaken, Route
from services.mash_screening.domain.marac import may_be_listed
from services.mash_screening.domain.not_taken import not_taken
from services.mash_screening.domain.question import Question, open_children, programme_fits

BY_CHILD_RAG = {
    Rag.RED: Pathway.MASH_SECTION_47,
    Rag.AMBER: Pathway.MASH_SECTION_17,
    Rag.GREEN: Pathway.EARLY_HELP,
}
BY_CHOICE = {
    ScreeningChoice.SECTION_47: Pathway.MASH_SECTION_47,
    ScreeningChoice.SECTION_17: Pathway.MASH_SECTION_17,
    ScreeningChoice.EARLY_HELP: Pathway.EARLY_HELP,
}
CONTACTING = (
    Pathway.IDVA,
    Pathway.YPVA,
    Pathway.HOSPITAL_IDVA,
    Pathway.OUTREACH,
    Pathway.VICTIM_SUPPORT,
)
"""The pathways that mean somebody wants to contact her; each is also its agency's code."""
ORDER = tuple(Pathway)


@dataclass(frozen=True, slots=True)
class Plan:
    """The pathways taken, who wants to contact, and what was not taken and why."""

    pathways: tuple[Pathway, ...]
    contact_wanted_by: tuple[Agency, ...]
    not_referred: tuple[NotTaken, ...]


def plan(question: Question) -> Plan:
    """All pathways of an incident; where nothing else follows, it is recorded only."""
    found = {
        *child_pathways(question),
        *adult_pathways(question),
        *special_pathways(question),
    }
    if open_children(question.facts) or not found:
        found.add(Pathway.RECORD_ONLY)
    pathways = tuple(pathway for pathway in ORDER if pathway in found)
    return Plan(pathways, wanted_by(pathways, question.route), not_taken(question, found))


def wanted_by(pathways: tuple[Pathway, ...], route: Route) -> tuple[Agency, ...]:
    """The agencies that ask to contact her; nobody does under 16."""
    if route.under_16:
        return ()
    return tuple(Agency(pathway.value) for pathway in CONTACTING if pathway in pathways)


def child_pathways(question: Question) -> set[Pathway]:
    """A practitioner's decision for a child, else the suggestion of the child's priority.

    A decision for the whole incident is none for a child who was named after it.
    """
    choices = question.choices
    suggested = {
        BY_CHILD_RAG[rag]
        for ref, rag in question.child_rag.items()
        if rag in BY_CHILD_RAG and ref not in question.covered
    }
    if question.unborn_rag and not question.unborn_decided:
        suggested.add(BY_CHILD_RAG[question.unborn_rag])
    return suggested | {BY_CHOICE[choice] for choice in choices.values() if choice in BY_CHOICE}


def adult_pathways(question: Question) -> set[Pathway]:
    """HIGH: MARAC and an IDVA; else outreach and Victim Support; a YPVA for the young."""
    found = support_pathways(question)
    if question.criteria and may_be_listed(question.route, question.age_confirmed):
        found.add(Pathway.MARAC)
    return found


def support_pathways(question: Question) -> set[Pathway]:
    """Who supports her: at 16-17 the YPVA stands for all others, at 13-15 a YPVA advises."""
    high = question.level is RiskLevel.HIGH
    in_hospital = {Pathway.HOSPITAL_IDVA} if high and question.facts.in_hospital else set()
    match question.route:
        case Route.CHILD:
            return set()
        case Route.CHILD_ADVISED:
            return {Pathway.YPVA}
        case Route.BOTH:
            return {Pathway.YPVA, *in_hospital}
    return {Pathway.IDVA, *in_hospital} if high else offered(question)


def offered(question: Question) -> set[Pathway]:
    """MEDIUM and STANDARD: Victim Support unless refused; outreach where she agreed."""
    consent = question.facts.consent
    if consent is Consent.REFUSED:
        return set()
    if consent is Consent.GIVEN or question.policy.outreach_when_not_asked:
        return {Pathway.OUTREACH, Pathway.VICTIM_SUPPORT}
    return {Pathway.VICTIM_SUPPORT}


def special_pathways(question: Question) -> set[Pathway]:
    """Health for the unborn, social care for adults, a stalking advocate, a programme."""
    facts, found = question.facts, set()
    if facts.pregnant:
        found.add(Pathway.HEALTH)
    if facts.care_needs and question.route in (Route.ADULT, Route.UNKNOWN):
        found.add(Pathway.ADULT_SOCIAL_CARE)
    if Flag.STALKING in facts.flags and not question.route.under_16:
        found.add(Pathway.STALKING_ADVOCATE)
    if programme_fits(question) and question.policy.perpetrator_programme:
        found.add(Pathway.PERPETRATOR_PROGRAMME)
    return found
