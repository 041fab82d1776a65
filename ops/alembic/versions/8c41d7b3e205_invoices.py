"""invoices"""

import sqlalchemy as sa
from alembic import op

revision = "8c41d7b3e205"
down_revision = "1f2ac0e94b71"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoice",
        sa.Column("number", sa.String(30), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", name="invoice_account"), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("state", sa.String(10), nullable=False, server_default="open"),
        sa.CheckConstraint("amount >= 0", name="invoice_amount_positive"),
        sa.CheckConstraint("number NOT LIKE '%/%'", name="invoice_number_plain"),
    )
    op.execute(
        "CREATE FUNCTION invoice_label(number text) RETURNS text LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN format('no. %s', number); END $$"
    )
    op.create_index("invoice_open", "invoice", ["account_id"], postgresql_where=sa.text("state IN ('open', 'late')"))
    op.add_column("users", sa.Column("last_seen", sa.DateTime(timezone=True), nullable=True))
    op.create_index("users_email_lower", "users", [sa.text("lower(email)")])


def downgrade() -> None:
    op.drop_index("users_email_lower")
    op.drop_column("users", "last_seen")
    op.execute("DROP FUNCTION invoice_label")
    op.drop_table("invoice")
