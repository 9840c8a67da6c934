"""The arithmetic of money: rounding, units, fees. Nothing here touches the database."""
