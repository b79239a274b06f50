"""The loop from a question to what became of it, walked at random: no step out of turn, and nothing of its history is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select, update

from forum.clock import today
from forum.consultations.actions import ConcludedMeanwhile, Task, conclude
from forum.consultations.asking import ask_about_next
from forum.consultations.finishing import DoneBefore, finish_action
from forum.consultations.followups import AnsweredMeanwhile, Report, answer_follow_up
from forum.consultations.models import ActionItem, FollowUp, FollowUpResult, Outcome
from forum.extensions import db
from forum.notices.models import OutboxMessage
from forum.threads.deeds import accept_answer
from forum.threads.models import Post, Thread
from tests.factories import World, make_post, make_thread

DAYS = st.one_of(st.none(), st.integers(1, 200))
WHO = st.sampled_from(["secretary", "organiser"])


class Loop(RuleBasedStateMachine):
    """What is stored is compared with this plain account of it after every step."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.thread_id = make_thread(self.world.secretary).id
        self.reply_id = make_post(self.thread, self.world.far_secretary).id
        self.round, self.is_concluded, self.is_solved, self.is_accepted = 1, False, False, False
        self.due: date | None = None
        self.is_asked = False
        self.open_actions = 0
        self.outcomes: list[tuple[int, str]] = []  # round and statement of everything ever concluded
        self.results: list[FollowUpResult] = []
        self.asked = 0
        self.reopened = 0

    @property
    def thread(self) -> Thread:
        return db.session.get_one(Thread, self.thread_id)

    def _who(self, who: str):
        return self.world.everybody[who]

    def _in_force(self) -> int:
        query = select(Outcome.id).filter_by(thread_id=self.thread_id, round=self.round, replaced_at=None)
        return db.session.scalar(query) or 0

    def _open(self) -> int:
        return db.session.scalar(select(FollowUp.id).filter_by(thread_id=self.thread_id, result=None)) or 0

    @rule(who=WHO, days=DAYS, tasks=st.integers(0, 3))
    def conclude(self, who: str, days: int | None, tasks: int) -> None:
        """For the first time in the round, or by correcting."""
        due = today() + timedelta(days=days) if days else None
        statement = f"第{len(self.outcomes) + 1}个结论"
        todo = [Task(f"第{n}件", self.world.village.id, today() + timedelta(days=30)) for n in range(tasks)]
        conclude(self._who(who), self.thread, statement, tasks=todo, follow_up=due, seen=self._in_force())
        db.session.commit()
        self.outcomes.append((self.round, statement))
        self.is_concluded = True
        self.open_actions += tasks
        if not self.is_solved:
            self.is_asked = self.is_asked and self.due == due
            self.due = due

    @rule(who=WHO)
    def conclude_too_late(self, who: str) -> None:
        with pytest.raises(ConcludedMeanwhile):
            conclude(self._who(who), self.thread, "晚了一步", seen=self._in_force() + 1)
        db.session.rollback()

    @rule()
    def accept(self) -> None:
        accept_answer(self.world.secretary, self.thread, db.session.get_one(Post, self.reply_id))
        db.session.commit()
        self.is_accepted = True

    @precondition(lambda self: self.open_actions)
    @rule()
    def finish_one(self) -> None:
        query = select(ActionItem).join(Outcome, Outcome.id == ActionItem.outcome_id)
        query = query.where(
            Outcome.thread_id == self.thread_id, Outcome.round == self.round, ActionItem.done_at.is_(None)
        )
        action = db.session.scalars(query.options(db.joinedload(ActionItem.unit)).order_by(ActionItem.id)).first()
        finish_action(self.world.secretary, action, "办好了")
        db.session.commit()
        with pytest.raises(DoneBefore):
            finish_action(self.world.secretary, action, "又办一次")
        db.session.rollback()
        self.open_actions -= 1

    @precondition(lambda self: self.due)
    @rule(days=st.integers(1, 120))
    def time_passes(self, days: int) -> None:
        """The days of what is planned come nearer; then the worker has its turn, twice."""
        self.due -= timedelta(days=days)
        db.session.execute(update(FollowUp).where(FollowUp.id == self._open()).values(due=self.due))
        db.session.execute(update(Thread).where(Thread.id == self.thread_id).values(followup_due=self.due))
        db.session.commit()
        for _turn in range(2):
            ask_about_next()
            db.session.commit()
        if self.due <= today() and not self.is_asked:
            self.is_asked = True
            self.asked += 1

    @precondition(lambda self: self.is_concluded)
    @rule(who=WHO, result=st.sampled_from(FollowUpResult), days=DAYS)
    def answer(self, who: str, result: FollowUpResult, days: int | None) -> None:
        again = today() + timedelta(days=days) if days else None
        answer_follow_up(self._who(who), self.thread, Report(result, "照着办了", again), seen=self._open())
        db.session.commit()
        self.results.append(result)
        self.is_solved, self.due, self.is_asked = result is FollowUpResult.SOLVED, None, False
        if result is FollowUpResult.BETTER:
            self.due = again
        elif result is FollowUpResult.UNSOLVED:
            self.round += 1
            self.is_concluded = self.is_accepted = False
            self.open_actions = 0
            self.reopened += 1

    @rule(who=WHO, result=st.sampled_from(FollowUpResult))
    def answer_too_late(self, who: str, result: FollowUpResult) -> None:
        """Somebody else was first, or there is nothing to answer about."""
        seen = self._open() + 1 if self.is_concluded else None
        with pytest.raises(AnsweredMeanwhile):
            answer_follow_up(self._who(who), self.thread, Report(result, "晚了一步"), seen=seen)
        db.session.rollback()

    @invariant()
    def the_thread_says_how_far_it_has_come(self) -> None:
        db.session.rollback()
        thread = db.session.get_one(Thread, self.thread_id, populate_existing=True)
        assert (thread.round, thread.concluded_at is not None) == (self.round, self.is_concluded)
        assert (thread.solved_at is not None, thread.followup_due) == (self.is_solved, self.due)
        assert (thread.open_actions, thread.accepted_post_id is not None) == (self.open_actions, self.is_accepted)

    @invariant()
    def the_history_is_whole(self) -> None:
        rows = db.session.execute(
            select(Outcome.round, Outcome.statement, Outcome.replaced_at)
            .filter_by(thread_id=self.thread_id)
            .order_by(Outcome.id)
        ).all()
        assert [(row.round, row.statement) for row in rows] == self.outcomes
        in_force = [row.round for row in rows if row.replaced_at is None]
        assert in_force == sorted({number for number, _statement in self.outcomes})
        answers = select(FollowUp.result).filter_by(thread_id=self.thread_id).where(FollowUp.result.is_not(None))
        assert db.session.scalars(answers.order_by(FollowUp.answered_at, FollowUp.id)).all() == self.results
        assert (self._open() > 0) == (self.due is not None)

    @invariant()
    def everything_was_told_once(self) -> None:
        def told(kind: str) -> int:
            return db.session.scalar(
                select(func.count()).select_from(OutboxMessage).filter_by(kind=kind, subject_id=self.thread_id)
            )

        assert told("followup.due") == self.asked
        assert told("thread.reopened") >= self.reopened

    def teardown(self) -> None:
        """Leave nothing that the next walk's worker would find."""
        db.session.rollback()
        db.session.execute(update(FollowUp).where(FollowUp.result.is_(None)).values(due=date(2999, 1, 1)))
        db.session.commit()


def test_the_loop_walked_at_random(world: World) -> None:
    machine = type("Loop", (Loop,), {"world": world})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=checks, database=None
        ),
    )
