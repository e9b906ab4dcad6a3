"""A synthetic town: people who do not exist, and what partners would send about their weekend."""
