"""What the cells of a sheet say: fields, names, values, places, periods."""
