"""Sphinx and Jupyter Book: configuration, theme, search, rendering."""
