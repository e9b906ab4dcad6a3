"""What the services say to each other and hear from partners: versioned events, nothing else."""
