"""The short way to a number's normal form says what the library says."""

import phonenumbers
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.fingerprints import normal_phone

DIGITS = st.text("0123456789", min_size=9, max_size=9)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from("123456789"), DIGITS, st.sets(st.integers(1, 9), max_size=3))
def test_a_british_number_is_the_same_however_it_is_spaced(
    first: str, rest: str, spaces: set[int]
) -> None:
    written = "".join(f" {digit}" if n in spaces else digit for n, digit in enumerate(first + rest))
    parsed = phonenumbers.parse(f"0{written}", "GB")
    expected = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    assert normal_phone(f"0{written}") == expected
