"""What the server does: orders, payments, machines."""
