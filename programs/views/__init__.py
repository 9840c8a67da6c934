"""The staff pages of programs, by the field's nouns."""
