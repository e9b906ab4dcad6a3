"""Replay: steering, figures, dump, and what must hold at the end of a run."""
