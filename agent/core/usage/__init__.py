"""Accounting rows to component totals."""
