"""Worlds in one process, whole from one seed: the kit's own code over a simulated log and store."""
