"""Pages: of the person herself, and of the members of a program."""
