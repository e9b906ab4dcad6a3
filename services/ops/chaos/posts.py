"""The processes that a run is made of: most services whole, some with their roles apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from services.kit.settings import ALL_ROLES, Role
from services.ops.platform import SERVICES

BROKER, DATABASE = "kafka", "postgres"


@dataclass(frozen=True)
class Post:
    """One process of a service: what it does, and which of several it is."""

    service: str
    role: tuple[Role, ...] = ALL_ROLES
    number: int = 1

    @property
    def name(self) -> str:
        """How the run calls it."""
        what = "" if self.role == ALL_ROLES else "." + "+".join(self.role)
        return f"{self.service}{what}" + (f" {self.number}" if self.number > 1 else "")

    @property
    def consumes(self) -> bool:
        """Whether it is a member of the service's group."""
        return "consumer" in self.role


APART: tuple[tuple[tuple[Role, ...], int], ...] = (
    (("consumer",), 1),
    (("consumer",), 2),
    (("relay",), 1),
    (("dispatcher",), 1),
)
"""A service whose roles run apart; its door stays with the first of the others."""


def posts(chance: Random, apart: int) -> list[Post]:
    """A process for every service, and one for every role of as many as are to run apart."""
    chosen = set(chance.sample(SERVICES, min(apart, len(SERVICES))))
    found: list[Post] = []
    for service in SERVICES:
        found += _apart(service) if service in chosen else [Post(service)]
    return found


def _apart(service: str) -> Sequence[Post]:
    doors = [Post(service, ("door",))] if service == "police_notifications" else []
    return [*(Post(service, role, number) for role, number in APART), *doors]
