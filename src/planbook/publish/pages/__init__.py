"""Pages made from data: sections, departments, bibliography, landing."""
