"""The demo: what a councillor reads, and which incidents are told."""
