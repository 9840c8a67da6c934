"""How form pages answer, as everywhere."""

from wsr.ui.answering import answer, bound

__all__ = ["answer", "bound"]
