"""Stored files belong to their program; what each is for is said by the rows that point to it."""

from wsr.tenancy.fences import fence

FENCES = [fence("files.StoredFile", staff="select insert", engine="select")]
