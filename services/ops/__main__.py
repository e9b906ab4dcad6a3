"""Runs ops as a process of its own."""

from services.kit.running import run
from services.ops.app import SERVICE

run(SERVICE)
