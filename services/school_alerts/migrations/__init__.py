"""The steps that bring mash_screening's database to its newest shape."""
