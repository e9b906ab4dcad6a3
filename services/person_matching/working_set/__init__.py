"""The records, persons, reviews and tellings a batch may touch, in memory."""

from services.person_matching.working_set.persons import Persons, Reference

__all__ = ["Persons", "Reference"]
