"""What a notebook read, kept so that it runs again only when that changed."""
