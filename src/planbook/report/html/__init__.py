"""Fragments of HTML: tables, cards, badges."""
