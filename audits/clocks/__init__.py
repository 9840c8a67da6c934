"""The clocks of the audits room, by noun; `audits.deadlines` gathers them for the platform."""
