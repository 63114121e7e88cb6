"""Read and write so that nothing is lost."""
