"""The papers of this room: data in, PDF out."""
