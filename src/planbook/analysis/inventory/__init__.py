"""Emissions by source: activity, factors, spread, coverage."""
