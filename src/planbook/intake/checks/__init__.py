"""Figures against bounds, each other and what is on file."""
