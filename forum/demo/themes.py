"""The demo's letterheads, and the themes that its district proposed."""

from typing import Any

from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.extensions import db
from forum.meetings.models import Meeting, MeetingState
from forum.meetings.papers.models import Letterhead
from forum.meetings.proposals.models import OfferAnswer, ThemeOffer, ThemeProposal
from forum.tags.models import Tag


def load_letterheads(entries: list[dict[str, str]], cast: Cast) -> None:
    """Write how the minutes of some townships begin and end."""
    for entry in entries:
        words = {name: words for name, words in entry.items() if name != "township"}
        db.session.add(Letterhead(township_id=cast.unit(entry["township"]).id, **words))


def load_themes(entries: list[dict[str, Any]], cast: Cast, days: Days) -> None:
    """Write the proposals with what each township said; the meetings are there already."""
    for entry in entries:
        by = cast.posting(entry["by"], days.on(entry["days_ago"]))
        proposal = ThemeProposal(
            district_id=by.unit_id,
            month=days.month(entry["month"]),
            theme=entry["theme"],
            why=entry["why"],
            tag_id=db.session.scalars(db.select(Tag.id).where(Tag.code == entry["tag"])).one(),
            proposed_by_id=by.person_id,
            proposed_at=days.at(entry),
        )
        db.session.add(proposal)
        db.session.flush()
        for township, said in entry["offers"].items():
            offer = ThemeOffer(proposal_id=proposal.id, township_id=cast.unit(township).id)
            if said:
                offer.answer, offer.word = OfferAnswer(said["answer"]), said.get("word", "")
                offer.answered_by_id, offer.answered_at = cast.person(said["by"]).id, days.at(said)
            if said.get("is_scheduled"):
                offer.meeting_id = db.session.scalars(
                    db.select(Meeting.id).where(
                        Meeting.township_id == offer.township_id,
                        Meeting.month == proposal.month,
                        Meeting.state != MeetingState.CANCELLED,
                    )
                ).first()
            db.session.add(offer)
