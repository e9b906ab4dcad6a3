"""Runs mash_screening as a process of its own."""

from services.kit.running import run
from services.mash_screening.app import SERVICE

run(SERVICE)
