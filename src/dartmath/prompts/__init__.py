"""Prompts: the one template of sampling, training and evaluation, and worked examples."""
