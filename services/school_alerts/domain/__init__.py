"""The rules of Operation Encompass (Domestic Abuse Act 2021 s.49A), by topic."""
