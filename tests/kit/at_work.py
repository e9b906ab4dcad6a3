"""The trial service as a process of its own, to be killed: `python -m tests.kit.at_work`."""

from services.kit.running import run
from tests.kit.trial import TRIAL

if __name__ == "__main__":
    run(TRIAL)
