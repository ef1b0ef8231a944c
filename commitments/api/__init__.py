"""The register for programs: read only, versioned, described by an OpenAPI document that is made from this code.

    operations.py   what an operation is: its parameters, its answer, both clocks, one snapshot
    commitments.py  updates.py  sources.py  subjects.py  searches.py  finds.py  dates.py  overview.py  pictures.py
    files.py  about.py   the operations
    shapes.py       what they answer, built from `records`
    document.py     the OpenAPI document; page.py shows it to people
    problems.py     every refusal, as problem details (RFC 9457)

Beneath /api/v1/ what is there stays: names and meanings do not change, fields and operations may be added.
"""
