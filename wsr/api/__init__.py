"""The door of the API, version 1. Rooms declare their addresses in `<room>/api/urls.py`; docs/architecture.md shows how."""
