"""What moved a series: levels, decoupling, decomposition, required pace."""
