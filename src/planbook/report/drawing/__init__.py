"""The look of charts, and how they become SVG."""
