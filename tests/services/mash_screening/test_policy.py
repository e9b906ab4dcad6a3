"""An area file that cannot be meant is refused when it is read."""

import pytest

from services.mash_screening.domain.policy import Policy


@pytest.mark.parametrize(
    "wrong",
    [{"marac_ticks": 12}, {"escalation_events": 2}, {"escalation_events": 6}, {"red_hours": 0}],
)
def test_a_policy_beyond_what_the_rules_allow_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Policy(**wrong)  # type: ignore[arg-type]
