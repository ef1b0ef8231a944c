"""The datasets as files: formats, the whole register as one package, and the catalogue for data portals.

A file is written whole before it is sent, into memory while it is small and else into a file without a name: the
snapshot of the database ends with the writing, however slowly somebody reads, and what fails half-way is an error and
no half of a file. Nothing here reads the clock, the edition or the time of writing: for closed days the bytes are the
same for ever.
"""
