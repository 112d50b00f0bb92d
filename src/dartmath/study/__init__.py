"""Studies: which policy, k, check or training is worth more on one pool, over sizes and seeds."""
