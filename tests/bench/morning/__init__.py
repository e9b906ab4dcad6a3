"""The first day of term: many alerts planned the evening before, and handed over from seven."""
