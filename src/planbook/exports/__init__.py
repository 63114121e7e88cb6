"""The data for other programs: descriptors, tables in open formats, citations."""
