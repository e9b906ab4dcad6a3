"""Why a pathway that a reader would expect was not taken."""

from collections.abc import Callable, Iterable

from contracts.vocabulary import AgeBand, Consent, Flag, Pathway, Rag, RiskLevel
from services.mash_screening.domain.facts import NotTaken, Route, Why
from services.mash_screening.domain.question import Question, programme_fits
from services.mash_screening.domain.rag import children_of, screened

UNDER_16 = Why("under_16", "The victim is under 16: child safeguarding comes first.")
UNDER_13 = Why("under_13", "The victim is under 13: child safeguarding only.")
UNDER_18 = Why("under_18", "The victim is under 18: children's social care assesses her needs.")
NOT_CONFIRMED = Why("age_not_confirmed", "Nobody has confirmed that the victim is 16 or over.")
NO_CRITERION = Why(
    "no_criterion", "No MARAC criterion is met on the incident's own facts; repeats are seen later."
)
YPVA_INSTEAD = Why("ypva_instead", "At 16-17 one named worker, the YPVA, stands for all.")
IDVA_INSTEAD = Why("idva_instead", "High risk goes to an IDVA, with the MARAC referral.")
BELOW_HIGH = Why("below_high", "The risk is below HIGH.")
REFUSED = Why("consent_refused", "The victim refused support.")
NOT_ASKED = Why("consent_not_asked", "The victim was not asked, and the area asks first.")
NO_CARE_NEEDS = Why("no_care_needs", "No care needs are reported; the Care Act test is still due.")
NOT_OFFERED = Why("not_offered", "The area has no perpetrator programme.")
SUSPECT_UNDER_18 = Why("suspect_under_18", "The suspect may be under 18: safeguarding comes first.")
DECIDED = Why("practitioner_decided", "A practitioner decided otherwise.")
ALREADY_OPEN = Why("already_open", "The child is open to social care: the worker is told.")
NO_CHILD_COUNTS = Why("no_child_counts", "No child was present, witness, injured or under 7.")
OTHER_PRIORITY = Why("other_priority", "No child's priority asks for it.")

Answer = Callable[[Question], Why | None]


def not_taken(question: Question, taken: Iterable[Pathway]) -> tuple[NotTaken, ...]:
    """Every expected pathway that was not taken, with the reason."""
    found = set(taken)
    asked = ((pathway, why(question)) for pathway, why in ANSWERS.items() if pathway not in found)
    return tuple(NotTaken(pathway, why) for pathway, why in asked if why)


def no_child_pathway(question: Question, rag: Rag) -> Why | None:
    """Expected wherever a child is in the incident; `rag` is the priority that suggests it."""
    children = children_of(question.facts)
    if not children:
        return None
    if all(child.ref in question.covered for child in children):
        return DECIDED
    if not screened(question.facts):
        return ALREADY_OPEN
    if rag in decided_rags(question):
        return DECIDED
    counted = question.unborn_rag or any(rag.rank for rag in question.child_rag.values())
    return OTHER_PRIORITY if counted else NO_CHILD_COUNTS


def decided_rags(question: Question) -> set[Rag]:
    """The priorities of the children that a practitioner decided for."""
    rags = question.child_rag.items()
    unborn = {question.unborn_rag} if question.unborn_rag and question.unborn_decided else set()
    return unborn | {rag for ref, rag in rags if ref in question.covered}


def no_section_47(question: Question) -> Why | None:
    """Expected wherever a child is in the incident."""
    return no_child_pathway(question, Rag.RED)


def no_section_17(question: Question) -> Why | None:
    """Expected wherever a child is in the incident."""
    return no_child_pathway(question, Rag.AMBER)


def no_early_help(question: Question) -> Why | None:
    """Expected wherever a child is in the incident."""
    return no_child_pathway(question, Rag.GREEN)


def no_marac(question: Question) -> Why:
    """Always expected: high risk is what MARAC is for."""
    if question.route.under_16:
        return UNDER_16
    if question.criteria and question.route is Route.UNKNOWN:
        return NOT_CONFIRMED
    return NO_CRITERION


def no_idva(question: Question) -> Why:
    """Always expected."""
    return young(question) or BELOW_HIGH


def no_ypva(question: Question) -> Why | None:
    """Expected for the young."""
    return UNDER_13 if question.route is Route.CHILD else None


def no_hospital_idva(question: Question) -> Why | None:
    """Expected where the victim is in hospital."""
    if not question.facts.in_hospital:
        return None
    return UNDER_16 if question.route.under_16 else BELOW_HIGH


def no_outreach(question: Question) -> Why:
    """Always expected."""
    return no_victim_support(question) or NOT_ASKED


def no_victim_support(question: Question) -> Why | None:
    """Always expected: police refer every victim."""
    if why := young(question):
        return why
    if question.level is RiskLevel.HIGH:
        return IDVA_INSTEAD
    return REFUSED if question.facts.consent is Consent.REFUSED else None


def no_social_care(question: Question) -> Why | None:
    """Expected with care needs, and tested from 60 on (Care Act s.42)."""
    if question.facts.care_needs:
        return UNDER_18
    return NO_CARE_NEEDS if question.facts.victim_age is AgeBand.SIXTY_AND_OVER else None


def no_stalking_advocate(question: Question) -> Why | None:
    """Expected where stalking is flagged."""
    return UNDER_16 if Flag.STALKING in question.facts.flags else None


def no_programme(question: Question) -> Why | None:
    """Expected for a serial suspect."""
    if not question.serial:
        return None
    return NOT_OFFERED if programme_fits(question) else SUSPECT_UNDER_18


def young(question: Question) -> Why | None:
    """Why a young victim does not go the adults' way."""
    if question.route.under_16:
        return UNDER_16
    return YPVA_INSTEAD if question.route is Route.BOTH else None


ANSWERS: dict[Pathway, Answer] = {
    Pathway.MASH_SECTION_47: no_section_47,
    Pathway.MASH_SECTION_17: no_section_17,
    Pathway.EARLY_HELP: no_early_help,
    Pathway.MARAC: no_marac,
    Pathway.IDVA: no_idva,
    Pathway.YPVA: no_ypva,
    Pathway.HOSPITAL_IDVA: no_hospital_idva,
    Pathway.OUTREACH: no_outreach,
    Pathway.VICTIM_SUPPORT: no_victim_support,
    Pathway.ADULT_SOCIAL_CARE: no_social_care,
    Pathway.STALKING_ADVOCATE: no_stalking_advocate,
    Pathway.PERPETRATOR_PROGRAMME: no_programme,
}
