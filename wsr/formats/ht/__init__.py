"""How dates are written where Django does not know it, or not plainly enough."""
