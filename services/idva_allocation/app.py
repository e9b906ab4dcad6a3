"""idva_allocation, wired: each handler hears the event of its first argument."""

from contracts.idva import IdvaInputRefused
from contracts.vocabulary import Audience
from services.idva_allocation.domain.policy import Policy
from services.idva_allocation.handlers import (
    drop_referral,
    end_work,
    keep_conflicts,
    keep_meeting,
    keep_roster,
    take_referral,
    turn_queue,
)
from services.idva_allocation.store import load, locks, save
from services.idva_allocation.working_set import Reference
from services.kit.areas import policies, read_areas
from services.kit.service import Service
from services.kit.working_time import WorkingTime, read_bank_holidays


def reference(area_dir: str) -> Reference:
    """The areas' policies and the working days of England and Wales."""
    found = policies(read_areas(area_dir), "idva_allocation", Policy)
    return Reference(found, WorkingTime(read_bank_holidays()))


SERVICE = Service(
    name="idva_allocation",
    speaker="idva",
    hears=[
        take_referral,
        drop_referral,
        keep_roster,
        keep_conflicts,
        keep_meeting,
        end_work,
        turn_queue,
    ],
    load=load,
    save=save,
    locks=locks,
    opens=frozenset({Audience.IDVA}),
    reads=reference,
    refuses=IdvaInputRefused,
)
