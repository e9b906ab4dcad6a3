"""`onward up`: real processes, a door, a trace, and an end that leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.integration.waiting import ready, until

ONWARD = [sys.executable, "-m", "services.ops.cli"]
PATIENCE = 60.0
eventually = partial(until, within=PATIENCE)
FIRST_PORT = 18081
REPORT = {
    "source": "south-yorkshire-police",
    "reference": "UP-1",
    "revision": 1,
    "status": "reported",
    "reported_at": "2026-11-27T21:00:00Z",
    "area": "rotherham",
    "victim": {"given_names": "Anna", "family_name": "Invented", "date_of_birth": "1990-01-01"},
    "risk": {"tool": "NONE", "officer_grade": "MEDIUM"},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "ONWARD_HOME": str(home)}


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [*ONWARD, "up", "--first-port", str(FIRST_PORT)], env=environment(home)
    ) as process:
        try:
            eventually(lambda: all(ready(port) for port in range(FIRST_PORT, FIRST_PORT + 7)))
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def test_a_report_at_the_door_is_traced_through_every_service(
    home: Path, running: subprocess.Popen[bytes]
) -> None:
    token = onward(home, "token", "issue", "south-yorkshire-police").stdout.strip()
    answer = httpx.post(
        f"http://127.0.0.1:{FIRST_PORT}/v1/incident-reports",
        json=REPORT,
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 202
    eventually(lambda: {"mash", "contact"} <= speakers(home))
    assert onward(home, "parked", "list").stdout.strip() == "Nothing is parked."
    assert onward(home, "lag").returncode == 0


def test_a_service_that_dies_is_started_again(home: Path, running: subprocess.Popen[bytes]) -> None:
    [victim] = children_of(running.pid, "services.mash_screening")
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: children_of(running.pid, "services.mash_screening") not in ([], [victim]))
    eventually(lambda: ready(FIRST_PORT + 2))


def test_an_end_on_request_leaves_no_process_behind(
    home: Path, running: subprocess.Popen[bytes]
) -> None:
    left = children_of(running.pid, "")
    assert len(left) >= 9
    running.send_signal(signal.SIGTERM)
    assert running.wait(PATIENCE) == 128 + signal.SIGTERM
    assert not any(Path(f"/proc/{pid}").exists() for pid in left)


def onward(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ONWARD, *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )


def speakers(home: Path) -> set[str]:
    told = onward(home, "trace", "UP-1", "--json").stdout
    events = json.loads(told)["events"] if told else []
    return {event["type"].split(".")[0] for event in events}


def children_of(parent: int, holding: str) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in found if holding in Path(f"/proc/{pid}/cmdline").read_text()]
