"""What a customer's browser calls: the scan of a QR code, the order's page, its state, and the pay button."""
