"""Measures that cut pollution and carbon together."""
