"""Measuring the matching: invented worlds, public data sets, and what the figures say."""
