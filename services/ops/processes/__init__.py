"""Services as processes of their own, as they run in production."""
