"""A package that pipes go up and down with: nothing but its version."""

__version__ = "2.0"
