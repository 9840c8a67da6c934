"""The pages of money, by the field's nouns. Staff and portals share them: row-level security leaves out the rows."""
