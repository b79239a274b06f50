"""Threads, pictures, cards and adoptions of the scene, in every state."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from forum.clock import today
from forum.extensions import db
from forum.library.actions import make_card
from forum.library.adoptions.actions import adopt_card, report_result
from forum.library.adoptions.models import AdoptionResult
from forum.library.life import nominate_card, publish_card, retire_card
from forum.library.models import Experience
from forum.library.shelves.actions import shelve_card
from forum.media.actions import attach, keep_document, keep_picture
from forum.media.documents import PreparedDocument
from forum.media.models import DocumentKind
from forum.media.pdf import FirstPage
from forum.media.pictures import prepare
from forum.screening.actions import list_words
from forum.screening.models import Degree, ListedWord
from forum.threads.actions import add_reply, begin_thread
from forum.threads.models import HeldFor, Post, Reach, ThreadKind
from forum.threads.moderation import hide_post, lock_thread
from forum.threads.tidying.merging import merge
from forum.units.actors import Actor, CurrentPosting
from forum.units.models import Posting, Role, UnitKind
from tests.factories import World, make_post, make_thread
from tests.library.adopting import speaker
from tests.media.papers import office
from tests.media.shots import picture
from tests.trust.stage import Scene, mark, opening_of, thread_of, words_of


def set_threads(scene: Scene) -> None:
    world = scene.world
    narrow = {"reach": Reach.TOWNSHIP}
    panel = {"reach": Reach.PANEL, "admitted": [world.far_secretary, world.expert]}
    for word, author, values in (
        ("open", world.secretary, {}),
        ("narrowed", world.secretary, narrow),
        ("panel", world.secretary, panel),
        ("called", world.secretary, {}),
        ("confided", world.secretary, {"reach": Reach.PANEL}),
        ("hidden", world.secretary, {}),
        ("locked", world.secretary, {}),
        ("far", world.far_secretary, {}),
        ("far-narrowed", world.far_secretary, narrow),
        ("notice", world.district_staff, {"kind": ThreadKind.NOTICE}),
    ):
        title, body = words_of(word)
        thread = make_thread(author, title, body, **values)
        replier = world.neighbour_secretary if author is not world.far_secretary else world.far_organiser
        replier = world.far_secretary if word in ("panel", "confided") else replier
        reply = make_post(thread, replier, f"石榴 {mark(word)} 先联系合作社。")
        scene.ids["thread_id", word] = thread.id
        scene.ids["other_id", word] = scene.ids["thread_id", "open"] if word != "open" else thread.id
        scene.ids["post_id", word] = opening_of(thread).id
        scene.ids["post_id", f"{word}-reply"] = reply.id
    scene.ids["other_id", "open"] = scene.ids["thread_id", "locked"]
    asked = begin_thread(world.secretary, ThreadKind.QUESTION, *words_of("entered"), scribe=world.deputy)
    said = f"石榴 {mark('entered')} 他说先剪枝。"
    told = add_reply(world.neighbour_secretary, asked.thread, said, scribe=world.organiser)
    scene.ids["thread_id", "entered"], scene.ids["post_id", "entered"] = asked.thread_id, asked.id
    scene.ids["post_id", "entered-reply"] = told.id
    thread = thread_of(scene, "open")
    answered = db.session.get_one(Post, scene.ids["post_id", "open-reply"])
    make_post(thread, world.far_secretary, f"{mark('open')} 我们村也是这样。", parent=answered)
    hidden = make_post(thread, world.neighbour_secretary, f"石榴 {mark('hidden-reply')} 骂人的话。")
    scene.ids["post_id", "hidden-reply-in-open"] = hidden.id
    former = _former(world)
    own = make_post(thread_of(scene, "narrowed"), former, f"石榴 {mark('former')} 我以前种过。")
    scene.ids["post_id", "former"] = own.id
    for word in ("hidden", "hidden-reply-in-open"):
        post = db.session.scalars(
            db.select(Post).options(db.joinedload(Post.thread)).where(Post.id == scene.ids["post_id", word])
        ).one()
        hide_post(world.organiser, post, f"{mark('hidden')} 不合适")
    lock_thread(world.organiser, thread_of(scene, "locked"), on=True)
    doubled = make_thread(world.secretary, *words_of("locked"))
    scene.ids["thread_id", "merged"] = doubled.id
    scene.ids["deed_id", "merged"] = merge(world.organiser, doubled, thread_of(scene, "locked")).id
    waiting = begin_thread(world.secretary, ThreadKind.QUESTION, *words_of("held"), held=HeldFor.FIRST)
    scene.ids["thread_id", "held"], scene.ids["post_id", "held"] = waiting.thread_id, waiting.id
    said = f"石榴 {mark('held-reply')} 有名单上的词。"
    reply = add_reply(world.neighbour_secretary, thread_of(scene, "open"), said, held=HeldFor.WORD)
    scene.ids["post_id", "held-reply"] = reply.id
    list_words(world.district_staff, ["假种子"], Degree.HOLD)
    scene.ids["word_id", "listed"] = db.session.scalars(db.select(ListedWord.id)).one()
    db.session.commit()


def _former(world: World) -> Actor:
    """The former secretary as he was in office."""
    posting = db.session.scalars(db.select(Posting).where(Posting.person_id == world.former.id)).one()
    then = CurrentPosting(
        posting.id,
        Role.SECRETARY,
        "",
        world.far_village.id,
        world.far_village.name,
        UnitKind.VILLAGE,
        world.other_town.id,
        world.district.id,
        world.district.name,
        False,
    )
    return replace(world.former, postings=(then,), posting=then)


def set_pictures(scene: Scene) -> None:
    """A picture and an office file for each of these posts."""
    for word, owner, post in (
        ("unattached", scene.world.secretary, None),
        ("open", scene.world.secretary, "open"),
        ("narrowed", scene.world.secretary, "narrowed"),
        ("panel", scene.world.secretary, "panel"),
        ("hidden", scene.world.secretary, "hidden"),
        ("hidden-reply", scene.world.neighbour_secretary, "hidden-reply-in-open"),
    ):
        kept = keep_picture(owner, prepare(picture()))
        said = mark(f"file-{word}")
        paper = office(parts={"word/document.xml": f"<document>{said}</document>"})
        page = FirstPage(picture(), 48, 64)
        file = keep_document(owner, PreparedDocument(DocumentKind.DOCX, f"石榴 {said}.docx", paper, page))
        db.session.flush()
        if post:
            attach(scene.ids["post_id", post], [kept], [file])
        scene.ids["key", word] = kept.key
        scene.ids["key", f"file-{word}"] = file.key
    scene.ids["key", "none"] = "0" * 40
    db.session.commit()


def set_cards(scene: Scene) -> None:
    world = scene.world
    for word, thread, steps in (
        ("draft", "open", ()),
        ("nominated", "open", (nominate_card,)),
        ("published", "open", (nominate_card, publish_card)),
        ("unconfirmed", "open", (nominate_card,)),
        ("retired", "open", (nominate_card, publish_card, partial(retire_card, reason="石榴砍了"))),
        ("narrowed-draft", "narrowed", ()),
        ("narrowed-nominated", "narrowed", (nominate_card,)),
        ("narrowed-published", "narrowed", (nominate_card, publish_card)),
        ("panel-draft", "panel", ()),
        ("panel-nominated", "panel", (nominate_card,)),
        ("panel-published", "panel", (nominate_card, publish_card)),
    ):
        parts = {
            name: f"石榴 {mark('card-' + word)} {name}"
            for name in ("problem", "practice", "result", "suitable", "caution", "cost")
        }
        card = make_card(
            world.secretary, thread_of(scene, thread), world.village, f"{mark('card-' + word)} 石榴", parts
        )
        for step in steps:
            is_own = step is nominate_card and word != "unconfirmed"
            step(world.secretary if is_own else world.organiser, card)
        db.session.flush()
        scene.ids["card_id", word] = card.id
    db.session.commit()


def set_adoptions(scene: Scene) -> None:
    world = scene.world
    for word, card, who, writer in (
        ("open", "published", world.neighbour_secretary, world.neighbour_secretary),
        ("far", "published", world.far_secretary, world.far_organiser),
        ("narrowed", "narrowed-published", world.neighbour_secretary, world.organiser),
    ):
        said = f"石榴 {mark('adoption-' + word)}"
        experience = db.session.get_one(Experience, scene.ids["card_id", card])
        adoption = adopt_card(writer, experience, speaker(who), f"{said} 先种五亩", today() + timedelta(days=30))
        if word != "open":
            db.session.refresh(adoption, ["unit"])
            report_result(who, adoption, AdoptionResult.FAILED, f"{said} 水跟不上", f"{said} 先打井")
        db.session.flush()
        scene.ids["adoption_id", word] = adoption.id
    for word, card, who in (
        ("town", "published", world.organiser),
        ("narrowed", "narrowed-published", world.organiser),
        ("district", "published", world.district_staff),
    ):
        experience = db.session.get_one(Experience, scene.ids["card_id", card])
        scene.ids["entry_id", word] = shelve_card(who, experience, f"石榴 {mark(f'shelf-{word}')} 先看").id
    db.session.commit()
