"""Text messages both ways, through a gateway that speaks the shape in `docs/text-messages.md`."""
