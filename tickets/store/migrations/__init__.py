"""Alembic migrations: expand, then contract."""
