"""The addresses of the auditors' API, by the field's nouns."""
