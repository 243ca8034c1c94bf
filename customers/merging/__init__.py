"""Customers who are one: their rows, their fields, and who stands for whom."""
