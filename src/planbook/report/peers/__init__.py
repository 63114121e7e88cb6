"""The city beside others."""
