"""A small world of contact, explored whole: two victims who may be one, and three agencies."""
