"""The real system under load while its processes are killed; every input accounted for."""
