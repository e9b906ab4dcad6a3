"""Measuring: each bench is a module of its own that these commands run."""
