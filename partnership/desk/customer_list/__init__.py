"""The list of customers: its filters, orders, columns and pages."""
