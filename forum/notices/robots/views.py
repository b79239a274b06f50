"""The robots of a township, for its organisers."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.notices.robots.actions import add_robot, choose_hearing, greet_group, pause_robot, remove_robot
from forum.notices.robots.forms import HearsForm, RobotForm
from forum.notices.robots.labels import FAILURE_LABELS, HEARS_LABELS, KIND_LABELS
from forum.notices.robots.models import Hears, Robot, RobotKind
from forum.notices.robots.policies import can_keep_robots, visible_robots
from forum.notices.robots.queries import waiting_by_robot
from forum.notices.views import bp


@bp.get("/robots")
def robots() -> ResponseReturnValue:
    """The groups that are told of things, and whether it arrives."""
    require(can_keep_robots(me()))
    found = db.session.scalars(visible_robots(me()).order_by(Robot.id)).all()
    return render_template(
        "notices/robots.html",
        robots=found,
        waiting=waiting_by_robot([robot.id for robot in found]),
        kind_labels=KIND_LABELS,
        hears_labels=HEARS_LABELS,
        failure_labels=FAILURE_LABELS,
    )


@bp.route("/robots/new", methods=["GET", "POST"])
def new_robot() -> ResponseReturnValue:
    """Add a robot that was made in a group."""
    require(can_keep_robots(me()))
    form = RobotForm()
    if not form.is_submitted():
        form.hears.data = [what.value for what in Hears]
    elif form.validate():
        with form.once() as done:
            if not done:
                kind = RobotKind(form.kind.data)
                robot = add_robot(me(), kind, form.name.data or "", form.key, form.secret.data or "", form.chosen())
                greet_group(me(), robot)
                done.record(url_for(".robots"))
        db.session.commit()
        flash(_("添加好了。马上往群里发一条试试，请看看群里收到没有。"), "good")
        return redirect(done.url, 303)
    return render_template("notices/robot_new.html", form=form), 422 if form.errors else 200


@bp.route("/robots/<int:robot_id>/hears", methods=["GET", "POST"])
def robot_hears(robot_id: int) -> ResponseReturnValue:
    """Choose what a group is told of."""
    robot = _own(robot_id)
    form = HearsForm(about=robot_id)
    if not form.is_submitted():
        form.hears.data = [what.value for what in Hears if robot.hears(what)]
    elif form.validate():
        with form.once() as done:
            if not done:
                choose_hearing(robot, form.chosen())
                done.record(url_for(".robots"))
        db.session.commit()
        flash(_("记下了。"), "good")
        return redirect(done.url, 303)
    return render_template("notices/robot_hears.html", form=form, robot=robot), 422 if form.errors else 200


@bp.post("/robots/<int:robot_id>/test")
def test_robot(robot_id: int) -> ResponseReturnValue:
    """Say hello in the group; the worker does, so that nobody waits for it here."""
    greet_group(me(), _own(robot_id))
    db.session.commit()
    flash(_("马上往群里发一条试试，请看看群里收到没有。"), "good")
    return redirect(url_for(".robots"), 303)


@bp.post("/robots/<int:robot_id>/pause")
def switch_robot(robot_id: int) -> ResponseReturnValue:
    """Tell the group nothing for a while, or again. Idempotent: the wanted state is sent."""
    pause_robot(me(), _own(robot_id), on=request.form.get("on") == "1")
    db.session.commit()
    return redirect(url_for(".robots"), 303)


@bp.post("/robots/<int:robot_id>/remove")
def remove(robot_id: int) -> ResponseReturnValue:
    """Forget a robot with its key."""
    remove_robot(me(), _own(robot_id))
    db.session.commit()
    flash(_("移除了，密钥也删掉了。"), "good")
    return redirect(url_for(".robots"), 303)


def _own(robot_id: int) -> Robot:
    robot: Robot = one_or_404(visible_robots(me()).where(Robot.id == robot_id))
    return robot
