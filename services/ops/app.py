"""ops, wired: each handler hears the events of its first argument."""

from services.kit.service import Service
from services.ops.handlers import (
    end_watch,
    keep_note,
    page,
    see_alert,
    see_overdue,
    see_screening,
    watch_report,
)
from services.ops.store import load, locks, save

SERVICE = Service(
    name="ops",
    speaker="ops",
    hears=[keep_note, watch_report, end_watch, see_screening, see_overdue, see_alert, page],
    load=load,
    save=save,
    locks=locks,
)
