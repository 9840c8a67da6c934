"""Everything that is done about education: the schedule, the sessions, the library."""
