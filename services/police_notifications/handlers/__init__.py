"""What police_notifications does with each event it hears."""

from services.police_notifications.handlers.intake import take_report

__all__ = ["take_report"]
