"""The only place that knows a database: schema, writer, readers. Decides nothing."""
