"""The figures the design promises, each against a floor measured in the same run. `make bench`, SCALE=full for the large tables.

Not collected by pytest. Everything runs in a database of its own, made from the tests' template and dropped at the end, on test
servers that do not wait for the disk; so compare ratios, not times.
"""
