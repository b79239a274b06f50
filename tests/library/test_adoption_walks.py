"""Whatever villages do with a card, in whatever order: one try at a time, nothing lost, and the counts are what counting gives."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from forum.clock import today
from forum.extensions import db
from forum.library.adoptions.actions import AlreadyTrying, HasResult, adopt_card, report_result, withdraw_adoption
from forum.library.adoptions.models import Adoption, AdoptionResult, AdoptionRevision
from forum.library.adoptions.travel import travel_columns
from forum.library.models import Experience
from tests.library.adopting import IN_A_MONTH, published_card, speaker

VILLAGES = ("neighbour_secretary", "far_secretary")
STEP = st.tuples(
    st.sampled_from(VILLAGES),
    st.sampled_from(("adopt", "withdraw", *AdoptionResult)),
    st.integers(min_value=0, max_value=3),
)


def latest(card, unit_id, nth):
    """One of a village's tries, the latest for 0; given up or not."""
    tries = db.session.scalars(
        select(Adoption)
        .options(db.joinedload(Adoption.unit))
        .where(Adoption.experience_id == card.id, Adoption.unit_id == unit_id)
        .order_by(Adoption.id.desc())
    ).all()
    return tries[nth] if nth < len(tries) else None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=25))
def test_whatever_villages_do_the_story_stays_whole(world, steps):
    card = published_card(world)
    told = {}  # what each try says in the end, and what was said in all
    said = 0
    for name, step, nth in steps:
        who = getattr(world, name)
        tried = latest(card, who.unit_id, nth)
        open_ones = [a for a in told if told[a] == (who.unit_id, None)]
        if step == "adopt":
            try:
                new = adopt_card(who, card, speaker(who), "试试", today() + IN_A_MONTH)
            except AlreadyTrying:
                assert open_ones
            else:
                assert not open_ones
                told[new.id] = (who.unit_id, None)
        elif tried is None or tried.withdrawn_at is not None:
            continue  # what was given up is past: no page leads on from it
        elif step == "withdraw":
            try:
                withdraw_adoption(who, tried)
            except HasResult:
                assert told[tried.id][1] is not None
            else:
                del told[tried.id]
        else:
            report_result(who, tried, step, "因为", "")
            told[tried.id] = (who.unit_id, step)
            said += 1
        db.session.commit()
    last = {unit: result for _id, (unit, result) in sorted(told.items()) if result is not None}
    row = db.session.execute(select(*travel_columns()).where(Experience.id == card.id)).one()
    assert row.adopted == len({unit for unit, _result in told.values()})
    assert (row.worked, row.partly, row.failed) == tuple(list(last.values()).count(r) for r in AdoptionResult)
    kept = db.session.scalars(select(AdoptionRevision).where(AdoptionRevision.adoption_id.in_(list(told)))).all()
    assert len(kept) + sum(result is not None for _unit, result in told.values()) == said
