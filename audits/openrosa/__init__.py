"""Visits on phones that people have already: forms for ODK Collect, KoboCollect and their kin, and what these send back.

Source: docs.getodk.org/openrosa, "Form Discovery API" and "Form Submission API" 1.0.
"""
