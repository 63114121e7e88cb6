"""What changed since an earlier edition."""
