"""Pollutants and carbon together: equivalents, co-control, coupling, effects."""
