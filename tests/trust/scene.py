"""A scene set: the stage with everything on it. Built once for the whole run."""

from sqlalchemy import update

from forum.accounts.passwords import hash_password
from forum.extensions import db
from forum.units.models import Person, Unit
from tests.accounts.conftest import PASSWORD
from tests.browsing import session_token
from tests.factories import make_world
from tests.trust.scene_learning import set_lectures, set_trips
from tests.trust.scene_meetings import set_decisions, set_ledger, set_meetings, set_themes
from tests.trust.scene_people import (
    set_accounts,
    set_mail,
    set_offices,
    set_robots,
    set_searches,
    set_told,
    set_versions,
)
from tests.trust.scene_tags import set_tags
from tests.trust.scene_threads import set_adoptions, set_cards, set_pictures, set_threads
from tests.trust.stage import Scene


def set_scene() -> Scene:
    """Build it; takes about half a second."""
    scene = Scene(make_world())
    world = scene.world
    for role, actor in world.everybody.items():
        if actor is not None:
            scene.seats[role] = session_token(actor)
    db.session.execute(update(Person).values(password_hash=hash_password(PASSWORD)))
    db.session.commit()
    set_threads(scene)
    set_pictures(scene)
    set_cards(scene)
    set_adoptions(scene)
    set_meetings(scene)
    set_themes(scene)
    set_trips(scene)
    set_lectures(scene)
    set_tags(scene)
    set_decisions(scene)
    set_ledger(scene)
    set_searches(scene)
    set_told(scene)
    set_mail(scene)
    set_robots(scene)
    set_accounts(scene)
    set_offices(scene)
    set_versions(scene)
    db.session.rollback()
    for unit in vars(world).values():
        if isinstance(unit, Unit):  # outlives the session that loaded it
            db.session.refresh(unit)
            db.session.expunge(unit)
    return scene
