"""What the data folder holds, read and checked."""
