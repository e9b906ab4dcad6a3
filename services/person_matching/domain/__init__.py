"""Who is who, as pure functions: normalise, block, compare, weigh, veto, decide."""
