"""The district's list of words, and whose first posts a township looks at."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.paging import keyset_page
from forum.screening.actions import list_words, set_first_posts, unlist_word
from forum.screening.forms import DEGREE_LABELS, FirstPostsForm, WordFileForm, WordForm
from forum.screening.models import ListedWord
from forum.screening.policies import can_list_words, can_set_first_posts, visible_words
from forum.screening.queries import count_words, first_posts_of, word_rows

bp = Blueprint("screening", __name__)


@bp.route("/words", methods=["GET", "POST"])
def words() -> ResponseReturnValue:
    """The list, and one more word."""
    require(can_list_words(me()))
    form = WordForm()
    if form.validate_on_submit():
        with form.once() as done:
            if not done:
                list_words(me(), [form.word.data], form.degree.data, form.reason.data or "")
                done.record(url_for(".words"))
        db.session.commit()
        flash(_("记到名单上了，从现在起管用。"), "good")
        return redirect(done.url, 303)
    return _words_page(form, WordFileForm(about="file"))


@bp.post("/words/import")
def import_words() -> ResponseReturnValue:
    """Many words from a text file."""
    form = WordFileForm(about="file")
    require(can_list_words(me()))
    if not form.validate():
        return _words_page(WordForm(formdata=None), form)
    with form.once() as done:
        if not done:
            new, changed = list_words(me(), form.words, form.degree.data, form.reason.data or "")
            flash(_("新记了 %(new)s 个词，原来就有、这次改了的 %(changed)s 个。", new=new, changed=changed), "good")
            done.record(url_for(".words"))
    db.session.commit()
    return redirect(done.url, 303)


@bp.post("/words/<int:word_id>/remove")
def remove_word(word_id: int) -> ResponseReturnValue:
    """Take a word off the list."""
    require(can_list_words(me()))
    word = one_or_404(visible_words(me()).where(ListedWord.id == word_id))
    unlist_word(me(), word)
    db.session.commit()
    flash(_("从名单上去掉了。"), "good")
    return redirect(url_for(".words"), 303)


@bp.route("/first-posts", methods=["GET", "POST"])
def first_posts() -> ResponseReturnValue:
    """How many posts of a new account the township looks at before others read them."""
    require(can_set_first_posts(me()))
    form = FirstPostsForm()
    if form.validate_on_submit():
        with form.once() as done:
            if not done:
                set_first_posts(me(), form.number.data)
                done.record(url_for(".first_posts"))
        db.session.commit()
        flash(_("记下了。"), "good")
        return redirect(done.url, 303)
    if not form.is_submitted():
        form.number.data = first_posts_of(me().township_id)
    return render_template("screening/first_posts.html", form=form), 422 if form.errors else 200


def _words_page(form: WordForm, file_form: WordFileForm) -> ResponseReturnValue:
    page = keyset_page(word_rows(me()), ListedWord.added_at, ListedWord.id, request.args.get("at"))
    return (
        render_template(
            "screening/words.html",
            form=form,
            file_form=file_form,
            page=page,
            counts=count_words(me()),
            degree_labels=DEGREE_LABELS,
        ),
        422 if form.errors or file_form.errors else 200,
    )
