"""police_notifications, wired: the topic and the door go through the same handler."""

from contracts.police import ReportRefused
from services.kit.areas import policies, read_areas
from services.kit.service import Lanes, Service
from services.police_notifications.domain.policy import Policy
from services.police_notifications.door import door
from services.police_notifications.handlers import take_report
from services.police_notifications.handlers.urgency import is_urgent
from services.police_notifications.store import load, locks, save
from services.police_notifications.working_set import Reference

BATCH = 200
"""A report is read, checked, taken apart and sealed: many at once would only cost memory."""


def reference(area_dir: str) -> Reference:
    """The area files and the policies in them."""
    areas = read_areas(area_dir)
    return Reference(areas, policies(areas, "police_notifications", Policy))


SERVICE = Service(
    name="police_notifications",
    speaker="police",
    hears=[take_report],
    load=load,
    save=save,
    locks=locks,
    reads=reference,
    refuses=ReportRefused,
    door=door,
    lanes=Lanes(is_urgent, onlookers=frozenset({"ops"})),
    batch=BATCH,
)
