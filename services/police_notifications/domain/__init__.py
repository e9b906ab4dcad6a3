"""The rules of intake: facts in, decision out."""
