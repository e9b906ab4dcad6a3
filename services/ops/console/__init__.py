"""What an engineer asks of the running system: trace, map, lag and parked messages."""
