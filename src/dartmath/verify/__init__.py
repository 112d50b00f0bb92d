"""Rule-based verification of math answers, usable alone."""
