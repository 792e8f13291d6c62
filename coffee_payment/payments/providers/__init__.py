"""Payment providers: everything that one provider needs is in its folder.

`base` says what a provider has to offer, `registry` lists the providers, one line each. The rest of the server
knows providers through these two modules only. docs/domain.md describes the protocols used.
"""
