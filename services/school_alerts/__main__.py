"""Runs school_alerts as a process of its own."""

from services.kit.running import run
from services.school_alerts.app import SERVICE

run(SERVICE)
