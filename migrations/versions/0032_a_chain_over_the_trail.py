"""A chain over the trail

Revision: 0032, after: 0031
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = ("audit_entry", "audit_seal")
BATCH = 1000
REFUSAL = "what stands in the audit trail is neither changed nor deleted"

ENTRY = sa.table(
    "audit_entry",
    sa.column("id", sa.Integer),
    sa.column("at"),
    sa.column("actor_id", sa.Integer),
    sa.column("posting_id", sa.Integer),
    sa.column("action", sa.String),
    sa.column("subject_kind", sa.String),
    sa.column("subject_id", sa.Integer),
    sa.column("township_id", sa.Integer),
    sa.column("district_id", sa.Integer),
    sa.column("detail", sa.JSON),
)


def upgrade() -> None:
    seal = op.create_table(
        "audit_seal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_audit_seal_digest")),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_seal_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    _seal_what_is_there(seal)
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql()
    else:
        _refuse_on_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entry_stays ON audit_entry")
        op.execute("DROP TRIGGER audit_entry_stays_whole ON audit_entry")
    else:
        op.execute("DROP TRIGGER audit_entry_no_update")
        op.execute("DROP TRIGGER audit_entry_no_delete")
    op.drop_table("audit_seal")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")


def _seal_what_is_there(seal: sa.Table) -> None:
    """As ``forum.audit.chain`` seals, at the time of this revision."""
    columns = [sa.cast(c, sa.Text) if c.name == "detail" else c for c in ENTRY.columns]
    is_text = op.get_bind().dialect.name == "sqlite"
    last, place, digest = 0, 0, "0" * 64
    while True:
        rows = (
            op.get_bind().execute(sa.select(*columns).where(ENTRY.c.id > last).order_by(ENTRY.c.id).limit(BATCH)).all()
        )
        if not rows:
            return
        seals = []
        for ident, at, *rest in rows:
            place += 1
            moment = at if is_text else at.isoformat(" ", "microseconds")
            digest = hashlib.sha256(ascii((digest, place, ident, moment, *rest)).encode()).hexdigest()
            seals.append({"id": place, "entry_id": ident, "digest": digest})
        op.bulk_insert(seal, seals)
        last = rows[-1][0]


def _refuse_on_sqlite() -> None:
    for table in TABLES:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
