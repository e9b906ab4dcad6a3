"""Runs police_notifications as a process of its own."""

from services.kit.running import run
from services.police_notifications.app import SERVICE

run(SERVICE)
