"""The forms that departments fill in."""
