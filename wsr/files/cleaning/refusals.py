"""Why a file is not taken. The words for people stand in `wsr.files.pipeline`, where they can be translated."""


class Refused(Exception):
    """The file is not taken. `code` names the sentence, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        """`facts` are numbers or short words of ours, never text from the file."""
        super().__init__(code)
        self.code, self.facts = code, facts
