"""Who may matter to a decision at all: everybody else is left out before details are read."""

from services.person_matching.domain.decide import is_another
from services.person_matching.domain.evidence import Candidate, Setting, at_most, weigh
from services.person_matching.domain.features import Features


def may_matter(record: Features, candidate: Candidate, setting: Setting) -> bool:
    """Whether the candidate could still be the same or be asked about.

    Kin need not pass here: they are read with the reports of whoever is joined.
    """
    if is_another(record, candidate):
        return False
    needed = setting.model.new_below - setting.model.hinted
    if at_most(record, candidate, setting) < needed:
        return False
    return weigh(record, candidate, own=False, setting=setting).weight >= needed
