"""Numbered changes of this service's tables."""
