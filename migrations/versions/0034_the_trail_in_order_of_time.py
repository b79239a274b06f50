"""The trail in order of time

Revision: 0034, after: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SCOPES = ("actor", "township", "district")


def upgrade() -> None:
    # Without a batch: one would make the table anew, and its triggers would be gone.
    op.drop_index("ix_audit_entry_at", "audit_entry")
    for scope in SCOPES:
        op.drop_index(f"ix_audit_entry_{scope}_id", "audit_entry")
        op.create_index(f"ix_audit_entry_of_{scope}", "audit_entry", [f"{scope}_id", "at", "id"])


def downgrade() -> None:
    for scope in SCOPES:
        op.drop_index(f"ix_audit_entry_of_{scope}", "audit_entry")
        op.create_index(f"ix_audit_entry_{scope}_id", "audit_entry", [f"{scope}_id"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
