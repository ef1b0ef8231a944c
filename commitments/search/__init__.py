"""English by stems, exact words and beginnings of words; Japanese by substring: what is asked, found and shown."""
