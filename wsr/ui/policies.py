"""Saved views belong to the staff of their program."""

from wsr.tenancy.fences import fence

FENCES = [fence("ui.SavedView", staff="select insert update delete")]
