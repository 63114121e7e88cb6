"""Paths of emissions under stated assumptions."""
