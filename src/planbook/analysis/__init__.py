"""Computation only: no module here plots, prints or writes."""
