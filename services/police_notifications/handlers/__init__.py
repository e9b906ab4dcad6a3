"""What police_notifications does with each event it hears."""

from services.police_notifications.handlers.intake import problems_of, take_report

__all__ = ["problems_of", "take_report"]
