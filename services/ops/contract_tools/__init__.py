"""The contracts as files: schemas, documents, examples, and the check that they stay compatible."""
