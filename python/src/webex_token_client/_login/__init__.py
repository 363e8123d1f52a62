"""Logins of an app at Vault."""
