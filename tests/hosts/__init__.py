"""Several hosts against one PostgreSQL; network namespaces stand in for the hosts."""
