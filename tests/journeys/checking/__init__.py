"""An independent reading of a replay's dump, from what the documents ask for alone."""
