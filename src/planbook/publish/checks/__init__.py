"""What every finished page must hold."""
