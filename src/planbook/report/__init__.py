"""What a chapter shows, by theme."""
