"""What an engineer asks: trace, map, lag, parked."""
