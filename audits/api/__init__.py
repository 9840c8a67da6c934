"""The auditors' API: what a device in the field reads and sends. Below /api/v1/programs/<slug>/; see docs/auditor-api.md."""
