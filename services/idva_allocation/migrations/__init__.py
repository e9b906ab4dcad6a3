"""The steps that bring idva_allocation's database to its newest shape."""
