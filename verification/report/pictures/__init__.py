"""Pictures for the page, as SVG text that needs no network: each is drawn from evidence of a check."""
