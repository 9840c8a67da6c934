"""Pages of clocks, of the calendar, and of calendar addresses."""
