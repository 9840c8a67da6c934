"""What the audits room prints."""
