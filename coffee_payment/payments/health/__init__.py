"""The health paths other than `/health` itself, which is `payments.views.health_check`."""
