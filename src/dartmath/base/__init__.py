"""What everything stands on: errors, files, the machine, the terminal, manifests, sections of a recipe."""
