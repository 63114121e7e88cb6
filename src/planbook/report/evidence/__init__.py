"""Amounts, levels, coverage, joint movement."""
