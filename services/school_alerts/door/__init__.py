"""Where readers open an alert's page, and GOV.UK Notify tells what came of a mail."""

from fastapi import FastAPI

from services.kit.doorway import doorway
from services.kit.runtime import Runtime
from services.school_alerts.door.callbacks import add_callbacks
from services.school_alerts.door.page import add_page


def door(runtime: Runtime) -> FastAPI:
    """The door of one running service."""
    app = doorway("Onward: school alerts")
    add_page(app, runtime)
    add_callbacks(app, runtime)
    return app
