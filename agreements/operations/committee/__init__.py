"""What is done with the committee: seats, meetings and their agenda, votes and decisions, minutes. Petitions are decided in `disputes`."""
