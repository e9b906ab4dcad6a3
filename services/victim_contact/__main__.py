"""Runs victim_contact as a process of its own."""

from services.kit.running import run
from services.victim_contact.app import SERVICE

run(SERVICE)
