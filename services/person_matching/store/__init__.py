"""Where records and persons are kept, and the few statements a batch needs."""

from services.person_matching.store.loading import (
    load,
    load_about,
    load_for,
    locks,
    names_of_keys,
    told_since,
)
from services.person_matching.store.people import people
from services.person_matching.store.saving import save
from services.person_matching.store.tables import metadata

__all__ = [
    "load",
    "load_about",
    "load_for",
    "locks",
    "metadata",
    "names_of_keys",
    "people",
    "save",
    "told_since",
]
