"""Scenarios and what they rest on."""
