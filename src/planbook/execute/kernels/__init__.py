"""Kernels that wait warm, and how they start."""
