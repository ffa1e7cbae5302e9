"""Alembic's entry: runs on the connection that ``tickets/store/migrate.py`` hands over, inside its transaction."""

from alembic import context

from tickets.store.schema import metadata

connection = context.config.attributes.get("connection")
if connection is not None:
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
