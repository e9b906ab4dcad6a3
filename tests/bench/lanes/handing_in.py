"""Reports handed in at the door: a town's routine ones as fast as it goes, grave ones at a pace."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import httpx
import orjson

from contracts.vocabulary import incident_id_of
from services.ops.chaos.asking import answer_of
from tests.bench.pipeline.incidents import a_load

Report = dict[str, Any]
PATH = "/v1/incident-reports"
A_TOWN = 5000
"""Incidents of one town; more are told of several."""
GROWN = "2005"
"""Born before this year."""
CLIENTS_A_DOOR = 6


def reports(level: str, prefix: str, first_seed: int) -> Iterator[Report]:
    """Reports without end, of one grade and with references of their own."""
    for seed in count(first_seed):
        for report in a_load(seed, A_TOWN).reports:
            reference = f"{prefix}-{seed}-{report['reference']}"
            graded = {"tool": "NONE", "officer_grade": level}
            yield report | {"reference": reference, "risk": graded, "flags": []}


def grave(how_many: int, first_seed: int) -> list[Report]:
    """HIGH reports, each about a grown victim in a household of her own: each is allocated."""
    seen = set[str]()
    found: list[Report] = []
    for report in reports("HIGH", f"GRAVE-{first_seed}", first_seed):
        marks = _marks_of(report["victim"])
        if marks.isdisjoint(seen) and report["victim"].get("date_of_birth", "9") < GROWN:
            found.append(report)
        seen |= marks
        if len(found) == how_many:
            break
    return found


def _marks_of(victim: Report) -> set[str]:
    known = {"no number": victim.get("nhs_number"), **victim.get("address", {})}
    return {str(mark) for mark in known.values() if mark}


class Doors:
    """The doors of police_notifications, by port, with the token of the police."""

    def __init__(self, ports: Sequence[int], token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._clients = [
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60)
            for port in ports
            for _ in range(CLIENTS_A_DOOR)
        ]

    async def close(self) -> None:
        """Hang up."""
        for client in self._clients:
            await client.aclose()

    async def fill(self, bodies: Iterator[bytes]) -> None:
        """Hand everything in, as fast as the doors take it."""
        await asyncio.gather(*(self._work(client, bodies) for client in self._clients))

    async def keep_pace(self, grave: Sequence[Report], a_second: float) -> dict[str, float]:
        """Hand in at an even pace; by incident id: when it was handed in, in milliseconds."""
        began, sent, waiting = time.monotonic(), dict[str, float](), []
        for number, report in enumerate(grave):
            await asyncio.sleep(max(0.0, began + number / a_second - time.monotonic()))
            incident = incident_id_of(report["source"], report["reference"])
            sent[str(incident)] = time.time() * 1000
            client = self._clients[number % len(self._clients)]
            waiting.append(asyncio.ensure_future(_hand_in(client, orjson.dumps(report))))
        await asyncio.gather(*waiting)
        return sent

    async def _work(self, client: httpx.AsyncClient, bodies: Iterator[bytes]) -> None:
        for body in bodies:
            await _hand_in(client, body)


async def _hand_in(client: httpx.AsyncClient, body: bytes) -> None:
    # A door hangs up on clients that were idle; the same report again is taken once.
    answer = None
    while answer is None:
        answer = await answer_of(client, client.build_request("POST", PATH, content=body))
    answer.raise_for_status()
