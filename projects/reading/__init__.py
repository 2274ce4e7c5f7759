"""What do pages show? Questions that are asked of the data and never change it."""
