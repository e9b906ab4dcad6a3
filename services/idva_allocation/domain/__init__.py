"""The rules of allocation and of MARAC listing: facts in, decision out."""
