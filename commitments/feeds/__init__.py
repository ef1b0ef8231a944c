"""What is published, for feed readers: RSS 2.0, Atom and JSON Feed 1.1 from one definition.

`items.py` says what every feed is made of; `updates.py`, `records.py` and `weeks.py` fill one each; `answering.py` adds
addresses, archives and validators; `formats.py` writes it down; `catalogue.py` lists all that there are.
"""
