"""Pages of corrective actions, for staff, auditors and portals alike: row-level security decides what each sees."""
