"""Sources and updates as spreadsheets: written, read back, compared and imported by the rules of the register."""
