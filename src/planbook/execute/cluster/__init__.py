"""Notebooks on other machines, by Dask."""
