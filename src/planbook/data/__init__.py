"""What the data folder holds, read and checked.

Wherever a reader takes a `root`, its messages name files relative to that folder.
"""
