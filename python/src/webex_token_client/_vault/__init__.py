"""Vault: its replies, its errors, and the reading of a credential."""
