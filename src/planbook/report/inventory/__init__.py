"""The inventory of emissions."""
