"""Where allocations and agendas are kept, and the few statements a batch needs."""

from services.idva_allocation.store.loading import load, locks
from services.idva_allocation.store.saving import save
from services.idva_allocation.store.tables import metadata

__all__ = ["load", "locks", "metadata", "save"]
