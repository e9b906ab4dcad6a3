"""Runs idva_allocation as a process of its own."""

from services.idva_allocation.app import SERVICE
from services.kit.running import run

run(SERVICE)
