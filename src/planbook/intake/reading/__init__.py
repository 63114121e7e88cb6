"""Files to grids of cells, within limits, in a process of its own."""
