"""A harness that proves, on real PostgreSQL servers, that a Django project is fit to deploy."""
