"""Alembic's environment: one schema a tenant, chosen by -x tenant=<schema>.

The way of "Rudimental Schema-Level Multi Tenancy for PostgreSQL Databases" in Alembic's cookbook:
https://alembic.sqlalchemy.org/en/latest/cookbook.html
The search path decides where the tables are made, so each schema gets an alembic_version of its own.
"""

from alembic import context
from sqlalchemy import engine_from_config, pool, text


def upgrade_tenant() -> None:
    tenant = context.get_x_argument(as_dictionary=True).get("tenant")
    if not tenant:
        raise SystemExit("-x tenant=<schema> is missing: without it alembic_version would be in public, once for all tenants")
    engine = engine_from_config(context.config.get_section("alembic"), prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text('SET search_path TO "%s"' % tenant.replace('"', '""')))
        if hasattr(connection, "commit"):
            # SQLAlchemy 2 rolls an uncommitted SET back.
            connection.commit()
        connection.dialect.default_schema_name = tenant
        context.configure(connection=connection, target_metadata=None)
        with context.begin_transaction():
            context.run_migrations()


upgrade_tenant()
