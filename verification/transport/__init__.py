"""TLS between Django and PostgreSQL."""
