"""Supervised fine-tuning: tokens and loss mask, exact packing, TRL underneath, resumable."""
