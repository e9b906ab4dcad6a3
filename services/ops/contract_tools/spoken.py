"""Every event that can be said, in the order of the catalogue."""

import pkgutil
from importlib import import_module

import contracts
from contracts.envelope import EVENTS, Event
from services.kit.catalogue import read_catalogue


def spoken() -> dict[str, type[Event]]:
    """Event classes by topic; KeyError where the catalogue lists what no module says."""
    for module in pkgutil.iter_modules(contracts.__path__, "contracts."):
        import_module(module.name)
    return {topic: EVENTS[topic] for topic in read_catalogue()}
