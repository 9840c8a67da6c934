"""Granting and ending access through the API."""
