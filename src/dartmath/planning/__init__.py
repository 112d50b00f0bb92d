"""What a recipe will do, and what of it would be refused, before anything is run."""
