"""Stories and rules of police_notifications."""
