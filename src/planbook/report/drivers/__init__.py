"""Drivers and decoupling."""
