"""The tables of the foundation

Revision: 0001, after: nothing
"""

import sqlalchemy as sa
from alembic import op

import forum.clock

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_created_at"), ["created_at"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("password_changed_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("privacy_version", sa.Integer(), nullable=True),
        sa.Column("privacy_accepted_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("disabled_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("large_type", sa.Boolean(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("phone", name=op.f("uq_person_phone")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_name"), ["name"], unique=False)

    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", forum.clock.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_account_at", ["account", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_address_at", ["address", "at"], unique=False)

    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["merged_into_id"], ["tag.id"], name=op.f("fk_tag_merged_into_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["tag.id"], name=op.f("fk_tag_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("code", name=op.f("uq_tag_code")),
    )
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tag_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "province",
                "city",
                "district",
                "township",
                "area",
                "village",
                "bureau",
                name="unit_kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("closed_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_unit_district_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_unit_township_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_township_id"), ["township_id"], unique=False)
        batch_op.create_index("uq_unit_parent_name", ["parent_id", "name"], unique=True)
        batch_op.create_index(
            "uq_unit_root_name",
            ["name"],
            unique=True,
            sqlite_where=sa.text("parent_id IS NULL"),
            postgresql_where=sa.text("parent_id IS NULL"),
        )

    op.create_table(
        "activation_slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("expires_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("used_at", forum.clock.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_activation_slip_made_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_activation_slip_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation_slip")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_activation_slip_code_hash")),
    )
    with op.batch_alter_table("activation_slip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activation_slip_person_id"), ["person_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=False),
        sa.Column("brief", sa.String(length=2000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "announced",
                "held",
                "closed",
                "postponed",
                "cancelled",
                name="meeting_state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("announced_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("held_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("closed_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_meeting_created_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_meeting_district_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_meeting_township_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_district_month", ["district_id", "month"], unique=False)
        batch_op.create_index("ix_meeting_township_month", ["township_id", "month"], unique=False)
        batch_op.create_index(
            "uq_meeting_township_number",
            ["township_id", "number"],
            unique=True,
            sqlite_where=sa.text("state <> 'cancelled'"),
            postgresql_where=sa.text("state <> 'cancelled'"),
        )

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("due_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_outbox_message_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_unsent", ["sent_at", "due_at", "id"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "secretary",
                "deputy",
                "expert",
                "organiser",
                "district",
                "admin",
                name="posting_role",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_posting_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_posting_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_posting_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_posting_one_office_of_trust",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("role IN ('admin', 'district') AND until IS NULL"),
            postgresql_where=sa.text("role IN ('admin', 'district') AND until IS NULL"),
        )
        batch_op.create_index(
            "uq_posting_one_secretary",
            ["unit_id"],
            unique=True,
            sqlite_where=sa.text("role = 'secretary' AND until IS NULL"),
            postgresql_where=sa.text("role = 'secretary' AND until IS NULL"),
        )

    op.create_table(
        "roster_upload",
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("rows", sa.String(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("applied_at", forum.clock.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_roster_upload_person_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_roster_upload")),
    )
    op.create_table(
        "spent_token",
        sa.Column("token", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_spent_token_person_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_spent_token")),
    )
    with op.batch_alter_table("spent_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_token_created_at"), ["created_at"], unique=False)

    op.create_table(
        "tag_synonym",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_tag_synonym_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_synonym")),
        sa.UniqueConstraint("tag_id", "word", name=op.f("uq_tag_synonym_tag_id_word")),
    )
    with op.batch_alter_table("tag_synonym", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tag_synonym_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_entry_actor_id")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_audit_entry_district_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_audit_entry_posting_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_audit_entry_township_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_district_id"), ["district_id"], unique=False)
        batch_op.create_index("ix_audit_entry_subject", ["subject_kind", "subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_township_id"), ["township_id"], unique=False)

    op.create_table(
        "experience",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column(
            "reach",
            sa.Enum(
                "district", "township", name="experience_reach", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("suitable", sa.Text(), nullable=False),
        sa.Column("caution", sa.Text(), nullable=False),
        sa.Column("cost", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "nominated",
                "published",
                name="card_state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("nominated_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("published_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_reason", sa.String(length=200), nullable=False),
        sa.Column("consent_by_id", sa.Integer(), nullable=True),
        sa.Column("consent_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reach <> 'township' OR township_id IS NOT NULL", name=op.f("ck_experience_narrowed_to_a_township")
        ),
        sa.CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_experience_published_at_a_time")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_experience_author_id")),
        sa.ForeignKeyConstraint(["consent_by_id"], ["person.id"], name=op.f("fk_experience_consent_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_experience_district_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_experience_posting_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["person.id"], name=op.f("fk_experience_published_by_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_experience_township_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_experience_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experience")),
    )
    with op.batch_alter_table("experience", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_experience_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_experience_district_published", ["district_id", "published_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_experience_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "minutes",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_meeting_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_minutes_written_by_id")),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_minutes")),
    )
    op.create_table(
        "sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("starts_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("ends_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("note_taker_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_sitting_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name=op.f("fk_sitting_chair_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_sitting_meeting_id")),
        sa.ForeignKeyConstraint(["note_taker_id"], ["person.id"], name=op.f("fk_sitting_note_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
    )
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("page", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(length=2000), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("handled_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_suggestion_district_id")),
        sa.ForeignKeyConstraint(["handled_by_id"], ["person.id"], name=op.f("fk_suggestion_handled_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_suggestion_person_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_suggestion_posting_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_suggestion_township_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestion_township_id"), ["township_id"], unique=False)

    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "question",
                "topic",
                "share",
                "notice",
                name="thread_kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column(
            "reach",
            sa.Enum("district", "township", name="thread_reach", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("last_post_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.Column("same_count", sa.Integer(), nullable=False),
        sa.Column("accepted_post_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("concluded_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("locked_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("hidden_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=200), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.CheckConstraint(
            "reach <> 'township' OR township_id IS NOT NULL", name=op.f("ck_thread_narrowed_to_a_township")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_thread_author_id")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_thread_district_id")),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["person.id"], name=op.f("fk_thread_hidden_by_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_thread_posting_id")),
        sa.ForeignKeyConstraint(["township_id"], ["unit.id"], name=op.f("fk_thread_township_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_thread_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("external_id", name=op.f("uq_thread_external_id")),
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_thread_district_active", ["district_id", "last_post_at", "id"], unique=False)
        batch_op.create_index("ix_thread_district_new", ["district_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_thread_township_active", ["township_id", "last_post_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("expires_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_session_person_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_user_session_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "case",
                "question",
                "lecture",
                "visit",
                "topic",
                "review",
                "other",
                name="agenda_kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("minutes_planned", sa.Integer(), nullable=True),
        sa.Column("presenter", sa.String(length=40), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_agenda_item_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_item_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("coming", "leave", name="attendance_answer", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("answered_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("is_walk_in", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_attendance_posting_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_attendance_sitting_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_attendance_unit_id")),
        sa.PrimaryKeyConstraint("sitting_id", "person_id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_person_id"), ["person_id"], unique=False)

    op.create_table(
        "experience_source",
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["experience_id"], ["experience.id"], name=op.f("fk_experience_source_experience_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_experience_source_thread_id")),
        sa.PrimaryKeyConstraint("experience_id", "thread_id", name=op.f("pk_experience_source")),
    )
    with op.batch_alter_table("experience_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_experience_source_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "experience_tag",
        sa.Column("experience_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["experience_id"], ["experience.id"], name=op.f("fk_experience_tag_experience_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_experience_tag_tag_id")),
        sa.PrimaryKeyConstraint("experience_id", "tag_id", name=op.f("pk_experience_tag")),
    )
    with op.batch_alter_table("experience_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_experience_tag_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "inbox_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("read_at", forum.clock.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["outbox_message.id"], name=op.f("fk_inbox_item_message_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inbox_item_person_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_inbox_item_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_item")),
        sa.UniqueConstraint("message_id", name=op.f("uq_inbox_item_message_id")),
    )
    with op.batch_alter_table("inbox_item", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_item_person", ["person_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_inbox_item_unread", ["person_id", "read_at", "thread_id"], unique=False)

    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("statement_html", sa.Text(), nullable=False),
        sa.Column("concluded_by_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("concluded_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["concluded_by_id"], ["person.id"], name=op.f("fk_outcome_concluded_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_outcome_meeting_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_outcome_posting_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_outcome_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("is_opening", sa.Boolean(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("edited_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("useful_count", sa.Integer(), nullable=False),
        sa.Column("hidden_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_post_author_id")),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["person.id"], name=op.f("fk_post_hidden_by_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["post.id"], name=op.f("fk_post_parent_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_post_posting_id")),
        sa.ForeignKeyConstraint(["root_id"], ["post.id"], name=op.f("fk_post_root_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_post_thread_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_post_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_post_thread_root_created", ["thread_id", "root_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "uq_post_one_opening",
            ["thread_id"],
            unique=True,
            sqlite_where=sa.text("is_opening"),
            postgresql_where=sa.text("is_opening"),
        )

    op.create_table(
        "thread_follow",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_follow_person_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_follow_thread_id")),
        sa.PrimaryKeyConstraint("thread_id", "person_id", name=op.f("pk_thread_follow")),
    )
    with op.batch_alter_table("thread_follow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_follow_person_id"), ["person_id"], unique=False)

    op.create_table(
        "thread_tag",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_thread_tag_tag_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_tag_thread_id")),
        sa.PrimaryKeyConstraint("thread_id", "tag_id", name=op.f("pk_thread_tag")),
    )
    with op.batch_alter_table("thread_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_tag_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "action_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=True),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("done_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_action_item_meeting_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_action_item_outcome_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_action_item_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_action_item_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
    )
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_item_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_item_outcome_id"), ["outcome_id"], unique=False)
        batch_op.create_index("ix_action_item_unit_due", ["unit_id", "due"], unique=False)

    op.create_table(
        "outcome_reply",
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_reply_outcome_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_outcome_reply_post_id")),
        sa.PrimaryKeyConstraint("outcome_id", "post_id", name=op.f("pk_outcome_reply")),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_picture_owner_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_picture_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("key", name=op.f("uq_picture_key")),
    )
    with op.batch_alter_table("picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_picture_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_picture_post", ["post_id", "position"], unique=False)

    op.create_table(
        "post_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_revision_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_revision")),
    )
    with op.batch_alter_table("post_revision", schema=None) as batch_op:
        batch_op.create_index("uq_post_revision_version", ["post_id", "version"], unique=True)

    op.create_table(
        "reaction",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("useful", "same", name="reaction_kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reaction_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_reaction_post_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_reaction_unit_id")),
        sa.PrimaryKeyConstraint("post_id", "person_id", "kind", name=op.f("pk_reaction")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "advert",
                "insult",
                "privacy",
                "false",
                "unrelated",
                "other",
                name="report_kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", forum.clock.UTCDateTime(), nullable=False),
        sa.Column("handled_at", forum.clock.UTCDateTime(), nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["handled_by_id"], ["person.id"], name=op.f("fk_report_handled_by_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_report_post_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_report_posting_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_report_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("post_id", "reporter_id", name=op.f("uq_report_post_id_reporter_id")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_post_id"), ["post_id"], unique=False)
    # Threads and posts point at each other: this side is tied once both tables are there.
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f("fk_thread_accepted_post_id"), "post", ["accepted_post_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_thread_accepted_post_id"), type_="foreignkey")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_post_id"))

    op.drop_table("report")
    op.drop_table("reaction")
    with op.batch_alter_table("post_revision", schema=None) as batch_op:
        batch_op.drop_index("uq_post_revision_version")

    op.drop_table("post_revision")
    with op.batch_alter_table("picture", schema=None) as batch_op:
        batch_op.drop_index("ix_picture_post")
        batch_op.drop_index(batch_op.f("ix_picture_owner_id"))

    op.drop_table("picture")
    op.drop_table("outcome_reply")
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.drop_index("ix_action_item_unit_due")
        batch_op.drop_index(batch_op.f("ix_action_item_outcome_id"))
        batch_op.drop_index(batch_op.f("ix_action_item_meeting_id"))

    op.drop_table("action_item")
    with op.batch_alter_table("thread_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_tag_tag_id"))

    op.drop_table("thread_tag")
    with op.batch_alter_table("thread_follow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_follow_person_id"))

    op.drop_table("thread_follow")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_post_one_opening", sqlite_where=sa.text("is_opening"), postgresql_where=sa.text("is_opening")
        )
        batch_op.drop_index("ix_post_thread_root_created")
        batch_op.drop_index(batch_op.f("ix_post_parent_id"))
        batch_op.drop_index(batch_op.f("ix_post_author_id"))

    op.drop_table("post")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_thread_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_meeting_id"))

    op.drop_table("outcome")
    with op.batch_alter_table("inbox_item", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_item_unread")
        batch_op.drop_index("ix_inbox_item_person")

    op.drop_table("inbox_item")
    with op.batch_alter_table("experience_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_experience_tag_tag_id"))

    op.drop_table("experience_tag")
    with op.batch_alter_table("experience_source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_experience_source_thread_id"))

    op.drop_table("experience_source")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_person_id"))

    op.drop_table("attendance")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_thread_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_item_meeting_id"))

    op.drop_table("agenda_item")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_person_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_unit_id"))
        batch_op.drop_index("ix_thread_township_active")
        batch_op.drop_index("ix_thread_district_new")
        batch_op.drop_index("ix_thread_district_active")
        batch_op.drop_index(batch_op.f("ix_thread_author_id"))

    op.drop_table("thread")
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestion_township_id"))
        batch_op.drop_index(batch_op.f("ix_suggestion_district_id"))

    op.drop_table("suggestion")
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_meeting_id"))

    op.drop_table("sitting")
    op.drop_table("minutes")
    with op.batch_alter_table("experience", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_experience_unit_id"))
        batch_op.drop_index("ix_experience_district_published")
        batch_op.drop_index(batch_op.f("ix_experience_author_id"))

    op.drop_table("experience")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_township_id"))
        batch_op.drop_index("ix_audit_entry_subject")
        batch_op.drop_index(batch_op.f("ix_audit_entry_district_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))

    op.drop_table("audit_entry")
    with op.batch_alter_table("tag_synonym", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tag_synonym_tag_id"))

    op.drop_table("tag_synonym")
    with op.batch_alter_table("spent_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spent_token_created_at"))

    op.drop_table("spent_token")
    op.drop_table("roster_upload")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_posting_one_secretary",
            sqlite_where=sa.text("role = 'secretary' AND until IS NULL"),
            postgresql_where=sa.text("role = 'secretary' AND until IS NULL"),
        )
        batch_op.drop_index(
            "uq_posting_one_office_of_trust",
            sqlite_where=sa.text("role IN ('admin', 'district') AND until IS NULL"),
            postgresql_where=sa.text("role IN ('admin', 'district') AND until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_posting_unit_id"))
        batch_op.drop_index(batch_op.f("ix_posting_person_id"))

    op.drop_table("posting")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_unsent")

    op.drop_table("outbox_message")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_meeting_township_number",
            sqlite_where=sa.text("state <> 'cancelled'"),
            postgresql_where=sa.text("state <> 'cancelled'"),
        )
        batch_op.drop_index("ix_meeting_township_month")
        batch_op.drop_index("ix_meeting_district_month")

    op.drop_table("meeting")
    with op.batch_alter_table("activation_slip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activation_slip_person_id"))

    op.drop_table("activation_slip")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_unit_root_name",
            sqlite_where=sa.text("parent_id IS NULL"),
            postgresql_where=sa.text("parent_id IS NULL"),
        )
        batch_op.drop_index("uq_unit_parent_name")
        batch_op.drop_index(batch_op.f("ix_unit_township_id"))
        batch_op.drop_index(batch_op.f("ix_unit_parent_id"))
        batch_op.drop_index(batch_op.f("ix_unit_district_id"))

    op.drop_table("unit")
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tag_parent_id"))

    op.drop_table("tag")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_address_at")
        batch_op.drop_index("ix_sign_in_attempt_account_at")

    op.drop_table("sign_in_attempt")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_name"))

    op.drop_table("person")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_created_at"))

    op.drop_table("change")
