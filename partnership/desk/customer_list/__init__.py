"""The list of customers: what it is asked for, its filters, orders, columns and pages."""
