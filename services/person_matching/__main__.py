"""Runs person_matching as a process of its own."""

from services.kit.running import run
from services.person_matching.app import SERVICE

run(SERVICE)
