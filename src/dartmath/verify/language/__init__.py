"""What words, units, names and signs mean: the facts that every other layer asks for."""
