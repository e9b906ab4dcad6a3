"""Migrates one service's database in a process of its own, and is gone with all it needed."""

import os
import sys

from services.kit.faults import is_infrastructure
from services.kit.migrating import AWAY, URL
from services.kit.migrations import migrate_now

try:
    migrate_now(os.environ[URL], sys.argv[1])
except Exception as fault:
    if not is_infrastructure(fault):
        raise
    sys.exit(AWAY)
