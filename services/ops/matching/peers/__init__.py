"""Other matchers on the same records: what they find without labels, by their own methods."""
