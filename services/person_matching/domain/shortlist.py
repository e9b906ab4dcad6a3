"""Who may matter to a decision at all: everybody else is left out before details are read."""

from services.person_matching.domain.decide import is_another
from services.person_matching.domain.evidence import Candidate, Setting, weigh
from services.person_matching.domain.features import Features


def may_matter(record: Features, candidate: Candidate, setting: Setting) -> bool:
    """Whether the candidate could still be the same, or be asked about, if family spoke for it."""
    if is_another(record, candidate):
        return False
    best = weigh(record, candidate, own=False, setting=setting).weight
    return best + setting.model.family >= setting.model.new_below
