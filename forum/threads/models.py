"""Threads, posts, their revisions, reactions and followers."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, choice

TITLE_LENGTH = 80
WHY_LENGTH = 100
MENTION_LENGTH = 40


class ThreadKind(StrEnum):
    QUESTION = "question"
    TOPIC = "topic"
    SHARE = "share"
    NOTICE = "notice"
    TRIP = "trip"  # begun by learning.trips
    LECTURE = "lecture"  # begun by learning.lectures


class Reach(StrEnum):
    """Who may read: everybody in the district, only the thread's own township, or only who was asked to help."""

    DISTRICT = "district"
    TOWNSHIP = "township"
    PANEL = "panel"

    @property
    def is_narrow(self) -> bool:
        """Whether some in the district may not read."""
        return self is not Reach.DISTRICT


# What can have an answer, and what people are called to help with.
ASKED = (ThreadKind.QUESTION, ThreadKind.TOPIC)


class Stance(StrEnum):
    """How a reply stands to the one it answers; its text gives the reason."""

    SUPPLEMENT = "supplement"  # 补充
    OBJECTION = "objection"  # 不同意见


class HeldFor(StrEnum):
    """Why a post waits until somebody has looked."""

    WORD = "word"  # a listed word stands in it
    FIRST = "first"  # it is among the first of a new account


class ReactionKind(StrEnum):
    USEFUL = "useful"  # 这个管用
    SAME = "same"  # 我们村也有


class Thread(Model):
    """A problem, topic, experience or notice with its replies. Its text is its opening post."""

    __tablename__ = "thread"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ThreadKind] = mapped_column(choice(ThreadKind, "thread_kind"))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    township_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    district_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reach: Mapped[Reach] = mapped_column(choice(Reach, "thread_reach"), default=Reach.DISTRICT)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_post_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    reply_count: Mapped[int] = mapped_column(default=0)  # replies that are not hidden
    same_count: Mapped[int] = mapped_column(default=0)  # villages that have the same problem
    accepted_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", use_alter=True))
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # How far it has come, kept by consultations for lists: a round that ends unsolved begins another with these cleared.
    concluded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    open_actions: Mapped[int] = mapped_column(default=0)
    followup_due: Mapped[date | None] = mapped_column()
    solved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    round: Mapped[int] = mapped_column(default=1)
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    panel_due: Mapped[date | None] = mapped_column()  # by when the panel of this round is to answer
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    hidden_reason: Mapped[str] = mapped_column(String(200), default="")
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # hidden, because nobody has looked yet
    pinned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # to the top of its township's list
    # Merged into another thread: the post that its opening became there. It is shown no more, and its address leads on.
    merged_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", use_alter=True))
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)

    posts: Mapped[list["Post"]] = relationship(
        back_populates="thread", foreign_keys="Post.thread_id", lazy="raise_on_sql"
    )

    __table_args__ = (
        CheckConstraint("reach = 'district' OR township_id IS NOT NULL", name="thread_narrowed_within_a_township"),
        CheckConstraint(
            "concluded_at IS NOT NULL OR (followup_due IS NULL AND solved_at IS NULL)",
            name="thread_followed_up_once_concluded",
        ),
        CheckConstraint("solved_at IS NULL OR followup_due IS NULL", name="thread_solved_is_not_asked_about"),
        CheckConstraint("(round > 1) = (reopened_at IS NOT NULL)", name="thread_reopened_in_a_later_round"),
        CheckConstraint("held_at IS NULL OR hidden_at IS NOT NULL", name="thread_held_is_hidden"),
        Index("ix_thread_district_active", "district_id", "last_post_at", "id"),
        Index("ix_thread_district_new", "district_id", "created_at", "id"),
        Index("ix_thread_township_active", "township_id", "last_post_at", "id"),
        Index(
            "ix_thread_pinned",
            "township_id",
            sqlite_where=text("pinned_at IS NOT NULL"),
            postgresql_where=text("pinned_at IS NOT NULL"),
        ),
    )

    @property
    def is_open(self) -> bool:
        """Whether it still takes replies."""
        return self.locked_at is None and self.hidden_at is None


class Post(Model):
    """A text in a thread: its opening, a direct reply, or a reply to a reply.

    ``parent_id`` is the reply it answers, ``root_id`` the direct reply it stands under; both are None for the opening and for
    direct replies.
    """

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    is_opening: Mapped[bool] = mapped_column(Boolean, default=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    root_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    # Who wrote it down for the author (代录), in which office, and when the author said that it is what he meant.
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stance: Mapped[Stance | None] = mapped_column(choice(Stance, "post_stance"))
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    useful_count: Mapped[int] = mapped_column(default=0)
    hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    hidden_reason: Mapped[str] = mapped_column(String(200), default="")
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # hidden, because nobody has looked yet
    held_for: Mapped[HeldFor | None] = mapped_column(choice(HeldFor, "post_held_for"))
    came_from_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))  # it was written there, before the merge

    thread: Mapped[Thread] = relationship(back_populates="posts", foreign_keys=[thread_id], lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("stance IS NULL OR parent_id IS NOT NULL", name="post_takes_a_stance_to_a_reply"),
        CheckConstraint("held_at IS NULL OR hidden_at IS NOT NULL", name="post_held_is_hidden"),
        CheckConstraint("entered_by_id <> author_id", name="post_entered_for_another"),
        CheckConstraint("(entered_by_id IS NULL) = (entered_posting_id IS NULL)", name="post_entered_in_an_office"),
        CheckConstraint("confirmed_at IS NULL OR entered_by_id IS NOT NULL", name="post_confirmed_was_entered"),
        Index(
            "ix_post_held",
            "held_at",
            sqlite_where=text("held_at IS NOT NULL"),
            postgresql_where=text("held_at IS NOT NULL"),
        ),
        Index("ix_post_thread_root_created", "thread_id", "root_id", "created_at", "id"),
        Index(
            "uq_post_one_opening",
            "thread_id",
            unique=True,
            sqlite_where=text("is_opening"),
            postgresql_where=text("is_opening"),
        ),
    )


class PostRevision(Model):
    """What a post said before an edit, and why it was changed: kept for good, shown to whoever may read the post."""

    __tablename__ = "post_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    version: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")  # it was changed, in the words of whoever did
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: its author

    __table_args__ = (Index("uq_post_revision_version", "post_id", "version", unique=True),)


class Mention(Model):
    """Whom the words after an @ in a post mean. The row outlives the words: who was told of a post once is not told again."""

    __tablename__ = "mention"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    words: Mapped[str] = mapped_column(String(MENTION_LENGTH), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # None: what is hidden tells nobody yet


class Reaction(Model):
    """这个管用 on a reply, 我们村也有 on a question: with names, for reading only, never for appraisal."""

    __tablename__ = "reaction"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[ReactionKind] = mapped_column(choice(ReactionKind, "reaction_kind"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class ThreadAdmission(Model):
    """Somebody who may read a thread that is for the panel only."""

    __tablename__ = "thread_admission"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class ThreadFollow(Model):
    """Somebody who wants to hear of new replies."""

    __tablename__ = "thread_follow"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class ThreadRead(Model):
    """How far somebody has read a thread, and when something came since."""

    __tablename__ = "thread_read"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    read_to: Mapped[datetime] = mapped_column(UTCDateTime)  # when the latest post was written that he saw
    new_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the latest came since, if anything has

    __table_args__ = (
        Index(
            "ix_thread_read_new",
            "person_id",
            "new_at",
            "thread_id",
            sqlite_where=text("new_at IS NOT NULL"),
            postgresql_where=text("new_at IS NOT NULL"),
        ),
    )


class ThreadTag(Model):
    """A tag on a thread."""

    __tablename__ = "thread_tag"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)
