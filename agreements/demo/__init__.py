"""What the demo shows of this room, all of it invented: agreements, the ladder, money."""

from agreements.demo import agreements, ladder, money

__all__ = ["agreements", "ladder", "money"]
