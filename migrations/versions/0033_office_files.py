"""Office files on posts

Revision: 0033, after: 0032
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

KINDS = ("pdf", "docx", "xlsx", "pptx")


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="document_kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("page_width", sa.Integer(), nullable=False),
        sa.Column("page_height", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_document_owner_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_document_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("key", name=op.f("uq_document_key")),
    )
    op.create_index(op.f("ix_document_owner_id"), "document", ["owner_id"])
    op.create_index("ix_document_post", "document", ["post_id", "position"])


def downgrade() -> None:
    op.drop_index("ix_document_post", table_name="document")
    op.drop_index(op.f("ix_document_owner_id"), table_name="document")
    op.drop_table("document")
