"""Series of an indicator and their forecasts."""
