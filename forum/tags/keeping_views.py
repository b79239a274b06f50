"""Keeping the tags in order: other words for them, new names, merging, retiring, and taking a merge back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.tags.actions import NameTaken, StillInUse, add_synonym, drop_synonym, rename_tag, retire_tag
from forum.tags.keeping_forms import MergeForm, RenameForm, WordForm
from forum.tags.merging import CannotMerge, count_carrying, merge_tag, undo_merge
from forum.tags.models import Tag, TagMerge, TagSynonym
from forum.tags.policies import can_keep_tags, can_teach_words, visible_merges, visible_tags
from forum.tags.queries import merge_rows, shown_name, synonyms_of, tag_choices, tag_groups
from forum.tags.views import bp


@bp.route("/tags/<code>/keep", methods=["GET", "POST"])
def keep(code: str) -> ResponseReturnValue:
    """What can be done about a tag, and one more word for it."""
    tag = _tag_or_404(code)
    require(can_teach_words(me()))
    form = WordForm(about=tag.id)
    if form.validate_on_submit():
        with form.once() as done:
            if not done:
                is_new = add_synonym(me(), tag, form.word.data)
                flash(_("记下了，照这个叫法也找得到。") if is_new else _("这个叫法已经有了。"), "good")
                done.record(url_for(".keep", code=code))
        db.session.commit()
        return redirect(done.url, 303)
    page = render_template(
        "tags/keep.html",
        tag=tag,
        name=shown_name(tag),
        form=form,
        words=synonyms_of(tag.id),
        merges=merge_rows(tag.id),
        shown_name=shown_name,
        may_keep=can_keep_tags(me()),
    )
    return page, 422 if form.errors else 200


@bp.post("/tags/<code>/words/<int:word_id>/remove")
def remove_word(code: str, word_id: int) -> ResponseReturnValue:
    """Let a word lead to the tag no more."""
    tag = _tag_or_404(code)
    require(can_teach_words(me()))
    drop_synonym(me(), one_or_404(db.select(TagSynonym).where(TagSynonym.id == word_id, TagSynonym.tag_id == tag.id)))
    db.session.commit()
    flash(_("去掉了。"), "good")
    return redirect(url_for(".keep", code=code), 303)


@bp.route("/tags/<code>/rename", methods=["GET", "POST"])
def rename(code: str) -> ResponseReturnValue:
    """Another name; the old one still leads here."""
    tag = _tag_or_404(code)
    require(can_keep_tags(me()))
    form = RenameForm(about=tag.id)
    if form.validate_on_submit():
        try:
            with form.once() as done:
                if not done:
                    rename_tag(me(), tag, form.name.data, form.name_en.data or "")
                    done.record(url_for(".keep", code=code))
            db.session.commit()
        except NameTaken:
            db.session.rollback()
            form.name.errors = [_("已经有叫这个名字的标签了。两个是一回事的话，请合并。")]
            form.refresh_token()
        else:
            flash(_("改好了，老叫法照样找得到。"), "good")
            return redirect(done.url, 303)
    elif not form.is_submitted():
        form.name.data, form.name_en.data = tag.name, tag.name_en
    return render_template("tags/rename.html", form=form, tag=tag, name=shown_name(tag)), 422 if form.errors else 200


@bp.route("/tags/<code>/merge", methods=["GET", "POST"])
def merge(code: str) -> ResponseReturnValue:
    """Into another tag about the same; the worker moves what carries it."""
    require(can_keep_tags(me()))
    tag: Tag = one_or_404(visible_tags(me()).where(Tag.code == code, Tag.parent_id.is_not(None)))
    groups = tag_groups()
    choices = {group: [pair for pair in pairs if pair[0] != tag.id] for group, pairs in tag_choices(groups).items()}
    form = MergeForm(about=tag.id, tags=choices)
    if before := form.first_result():  # the tag stands for itself no more
        return redirect(before.url, 303)
    tag = _tag_or_404(code)
    if form.validate_on_submit():
        into: Tag = one_or_404(visible_tags(me()).where(Tag.id == form.into.data))
        try:
            with form.once() as done:
                if not done:
                    merge_tag(me(), tag, into)
                    done.record(url_for(".keep", code=into.code, _anchor="merges"))
            db.session.commit()
        except CannotMerge as no:
            db.session.rollback()
            form.into.errors = [no.reason]
            form.refresh_token()
        else:
            flash(_("并好了。帖子和卡片在后台接着搬，不用等。"), "good")
            return redirect(done.url, 303)
    elif not form.is_submitted():
        form.into.data = 0
    page = render_template("tags/merge.html", form=form, tag=tag, name=shown_name(tag), carrying=count_carrying(tag.id))
    return page, 422 if form.errors else 200


@bp.post("/tags/<code>/retire")
def retire(code: str) -> ResponseReturnValue:
    """Offered no more, or again. Idempotent: the wanted state is sent."""
    tag = _tag_or_404(code)
    require(can_keep_tags(me()))
    is_retired = request.form.get("on") == "1"
    try:
        retire_tag(me(), tag, is_retired)
        db.session.commit()
    except (StillInUse, NameTaken) as no:
        db.session.rollback()
        in_use = _("这一类里还有在用的标签，先停用它们。")
        flash(in_use if isinstance(no, StillInUse) else _("已经有叫这个名字的标签在用，先给其中一个改名。"), "bad")
    else:
        flash(_("停用了，往后不让选；带着它的照样找得到。") if is_retired else _("又能选了。"), "good")
    return redirect(url_for(".keep", code=code), 303)


@bp.post("/tag-merges/<int:merge_id>/undo")
def undo(merge_id: int) -> ResponseReturnValue:
    """Take a merge back. Idempotent: taken back once."""
    done: TagMerge = one_or_404(visible_merges(me()).where(TagMerge.id == merge_id))
    into = db.session.get_one(Tag, done.into_id)
    if done.undone_at is None:
        try:
            undo_merge(me(), done)
            db.session.commit()
        except CannotMerge as no:
            db.session.rollback()
            flash(no.reason, "bad")
        else:
            flash(_("撤回了，又是两个标签。帖子和卡片在后台搬回去。"), "good")
    return redirect(url_for(".keep", code=into.code, _anchor="merges"), 303)


def _tag_or_404(code: str) -> Tag:
    tag: Tag = one_or_404(visible_tags(me()).where(Tag.code == code, Tag.merged_into_id.is_(None)))
    return tag
