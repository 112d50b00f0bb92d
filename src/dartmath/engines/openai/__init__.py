"""The remote engine: any number of OpenAI-compatible servers, of whatever make, behind one `generate`."""
