"""Two trees by their structure, down to scalars."""
