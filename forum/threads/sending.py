"""From a form that was sent to what stands in a thread: for oneself, or written down for somebody who cannot type.

The pictures and files are of whoever sent it, whoever it is written for. The view commits.
"""

from forum.access import me, one_or_404
from forum.markup import title_from
from forum.media.queries import own_unattached, own_unattached_documents
from forum.threads.actions import add_reply, begin_thread
from forum.threads.forms import AnswerForForm, AskForm, PrescriptionForm, ReplyForm
from forum.threads.models import HeldFor, Post, Stance, Thread
from forum.threads.policies import visible_posts
from forum.units.actors import Actor

AnswerForm = ReplyForm | PrescriptionForm | AnswerForForm


def begin_as_sent(author: Actor, form: AskForm, *, held: HeldFor | None, scribe: Actor | None = None) -> Post:
    """Begin the thread that a form describes; its opening post. The first line is the title where none was typed."""
    return begin_thread(
        author,
        form.kind.data,
        form.title.data or title_from(form.body.data),
        form.body.data,
        reach=form.reach.data,
        tag_ids=form.tags.data,
        pictures=own_unattached(me(), form.pictures.data),
        documents=own_unattached_documents(me(), form.documents.data),
        named=form.people,
        held=held,
        scribe=scribe,
    )


def answered_by(form: AnswerForm, thread: Thread) -> Post | None:
    """The reply that a form answers; None where it answers the thread itself. 404 for what is not to be seen there."""
    if form.parent.data is None:
        return None
    of_thread = (Post.id == form.parent.data, Post.thread_id == thread.id)
    found: Post = one_or_404(visible_posts(me()).where(*of_thread))
    return None if found.is_opening else found


def reply_as_sent(
    author: Actor,
    thread: Thread,
    form: AnswerForm,
    answered: Post | None,
    *,
    stance: Stance | None = None,
    held: HeldFor | None,
    scribe: Actor | None = None,
) -> Post:
    """Write the answer that a form holds."""
    return add_reply(
        author,
        thread,
        form.text,
        parent=answered,
        stance=stance,
        pictures=own_unattached(me(), form.pictures.data),
        documents=own_unattached_documents(me(), form.documents.data),
        named=form.people,
        held=held,
        scribe=scribe,
    )
