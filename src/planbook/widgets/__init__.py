"""Explorers that a reader moves: one front end for JupyterLab and for the published page."""
