"""What metrics say beside the mails: alarms, by whom they are for."""

from prometheus_client import REGISTRY

from services.kit.runner import Runner
from services.kit.runtime import Runtime
from services.kit.telling import alarms_of
from services.kit.testing import a_record
from tests.kit.trial import ALARMING, NOON, POISON, a_cancellation, trail


def alarms(to_role: str) -> float | None:
    labels = {"service": "counted", "to_role": to_role}
    return REGISTRY.get_sample_value("onward_alarms_total", labels)


async def test_alarms_are_counted_by_whom_they_are_for(runtime: Runtime) -> None:
    runtime.listeners.append(alarms_of("counted"))
    runner = Runner(runtime, runtime.tell)
    revisions = (ALARMING, POISON, 1)
    await runner.take(
        [
            a_record(a_cancellation(number, revision), at=NOON, trail=trail(number))
            for number, revision in enumerate(revisions)
        ]
    )
    assert (alarms("mash"), alarms("platform")) == (1, 1)
