"""The rules of MASH screening: facts in, decision out."""
