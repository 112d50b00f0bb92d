"""What is graded, how it is looked at, and what comes of it: questions, settings, outcomes."""
