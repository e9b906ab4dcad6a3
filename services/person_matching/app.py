"""person_matching, wired: each handler hears the event of its first argument."""

from contracts.identity import IdentityInputRefused
from contracts.vocabulary import Audience
from services.kit.areas import policies, read_areas
from services.kit.service import Service
from services.kit.working_time import WorkingTime, read_bank_holidays
from services.person_matching.domain.policy import Policy
from services.person_matching.handlers import HANDLERS
from services.person_matching.store import load, locks, save
from services.person_matching.working_set import Reference

BATCH = 40
"""A report of five people takes about a hundred locks, and a transaction at most 4,000."""


def reference(area_dir: str) -> Reference:
    """The areas' policies, office hours, and the model, which is validated here."""
    areas = read_areas(area_dir)
    found = policies(areas, "person_matching", Policy)
    return Reference(found, WorkingTime(read_bank_holidays()), areas=areas)


SERVICE = Service(
    name="person_matching",
    speaker="identity",
    hears=HANDLERS,
    load=load,
    save=save,
    locks=locks,
    opens=frozenset({Audience.IDENTITY}),
    reads=reference,
    refuses=IdentityInputRefused,
    batch=BATCH,
)
