"""One file per benchmark or training set: its format, its traps, and what is not covered."""
