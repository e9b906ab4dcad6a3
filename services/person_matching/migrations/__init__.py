"""The steps that bring person_matching's database to its newest shape."""
