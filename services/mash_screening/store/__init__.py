"""Where the cases are kept, and every query about them."""

from services.mash_screening.store.batch import load, locks, save
from services.mash_screening.store.tables import metadata

__all__ = ["load", "locks", "metadata", "save"]
