"""Replay: the whole system as a function from partners' lines to everything that was said."""
