"""Who may contact a victim, when, by which way, and how every wish to contact her ends."""
