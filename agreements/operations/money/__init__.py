"""What people and the clock do with money, by the field's nouns."""
