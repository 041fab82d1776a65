"""accounts and users"""

import sqlalchemy as sa
from alembic import op

revision = "1f2ac0e94b71"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("plan", sa.String(20), nullable=False, server_default="free"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("plan IN ('free', 'team', 'company')", name="account_plan_known"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", name="users_account"), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=True),
        sa.UniqueConstraint("email", name="users_email_once"),
    )


def downgrade() -> None:
    op.drop_table("users")
    op.drop_table("account")
