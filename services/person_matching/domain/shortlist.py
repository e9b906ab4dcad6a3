"""Who may matter to a decision at all: everybody else is left out before details are read."""

from services.person_matching.domain.decide import is_another
from services.person_matching.domain.evidence import Candidate, Setting, at_most, weigh
from services.person_matching.domain.features import Features


def needed(setting: Setting) -> float:
    """Bits below which nobody is asked about, whatever another party may still hint at."""
    return setting.model.new_below - setting.model.hinted


def may_matter(record: Features, candidate: Candidate, setting: Setting) -> bool:
    """Whether the candidate could still be the same or be asked about.

    Kin need not pass here: they are read with the reports of whoever is joined.
    """
    if is_another(record, candidate) or at_most(record, candidate, setting) < needed(setting):
        return False
    return weigh(record, candidate, own=False, setting=setting).weight >= needed(setting)
