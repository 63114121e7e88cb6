"""Publish the executed chapters: Jupyter Book, checks on pages, one-step swap."""
