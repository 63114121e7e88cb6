"""Targets: verdicts, their grounds, who is responsible."""
