"""The register as YAML: read and checked whole, compared before anything is written, dumped in the same form."""
