"""The platform every room of the house stands on."""
