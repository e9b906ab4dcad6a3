"""The services of Onward, the plumbing they share and the console that watches them."""
