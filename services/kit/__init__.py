"""Shared plumbing: it knows how to carry events safely and knows no service."""
