"""Clocks: what must happen by when, why on that day, and what happens when it does not."""
