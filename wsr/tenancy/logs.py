"""Every log line names the program it concerns, by id."""

import logging

from wsr.tenancy.scope import current_scope


class ProgramFilter(logging.Filter):
    """Adds `program` to each record; a dash outside a program."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        scope = current_scope()
        record.program = scope.program_id if scope and scope.program_id else "-"
        return True
