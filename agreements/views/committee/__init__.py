"""The pages of the committee, for the program's people and for members in portals: row-level security decides what each sees."""
