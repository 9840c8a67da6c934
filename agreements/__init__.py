"""Binding agreements: versions, clauses, signatures, obligations, money, escalation, disputes; the portals of brands and suppliers."""
