"""`onward demo`: a small town's weekend, and a trace of what it left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

ONWARD = [sys.executable, "-m", "services.ops.cli"]


def test_a_weekend_is_summed_up_and_can_be_traced_afterwards(tmp_path: Path) -> None:
    environment = {**os.environ, "ONWARD_HOME": str(tmp_path), "COLUMNS": "100"}

    def onward(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*ONWARD, *arguments], env=environment, capture_output=True, text=True, check=False
        )

    done = onward("demo", "--incidents", "25", "--seed", "4")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Victims contacted by two at once" in done.stdout
    assert "BROKEN" not in done.stdout
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["reports"]["accepted"] == 25
    [more] = [line for line in done.stdout.splitlines() if line.startswith("More: onward trace")]
    told = onward("trace", more.split()[-1], "--json")
    assert told.returncode == 0, told.stderr
    story = json.loads(told.stdout)
    assert {"police", "mash"} <= {event["type"].split(".")[0] for event in story["events"]}
    assert onward("trace", "nobody/knows-this").returncode == 1
