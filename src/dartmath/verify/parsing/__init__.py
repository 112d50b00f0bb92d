"""The text of an answer -> its expression tree."""
