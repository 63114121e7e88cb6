"""planbook: a report book that follows a city's plan for cutting pollution and carbon."""

__version__ = "0.1.0"
