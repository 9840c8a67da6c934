"""Models of the agreements room, by the field's nouns."""

from agreements.models.agreements import Agreement, AgreementVersion, Clause, Party, Signature

__all__ = ["Agreement", "AgreementVersion", "Clause", "Party", "Signature"]
