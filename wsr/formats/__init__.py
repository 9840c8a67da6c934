"""How dates are written where Django does not know it, or not plainly enough. See `FORMAT_MODULE_PATH`."""
