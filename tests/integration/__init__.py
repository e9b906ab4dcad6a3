"""The parts together: real broker, real database, real processes."""
