"""A language model as the second judge of what the rules call wrong, unparsable or not found."""
