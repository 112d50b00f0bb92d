"""From a pool of verified samples to a training set: select, deduplicate, check, decontaminate, export."""
