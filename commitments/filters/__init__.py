"""What a reader asks a list for, as typed filters."""
