"""What a letter says, to its reader alone."""

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from flask import current_app, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from config import MailServer
from forum.extensions import db
from forum.forms import on_one_line
from forum.notices.kinds import KINDS, Shown, Told, Topic
from forum.notices.labels import TOPIC_LABELS
from forum.notices.mail.addresses import confirm_token, stop_token
from forum.notices.mail.models import Letter, LetterKind, LetterLine, MailAddress
from forum.notices.models import MailWhen
from forum.notices.readers import shown_by_any_posting, written_for
from forum.notices.wishes import wishes_of
from forum.units.actors import Actor, load_actor

LONGEST_SUBJECT = 60
MOST_LINES = 50


def write(letter: Letter, server: MailServer) -> tuple[str, EmailMessage] | None:
    """To whom the letter goes, and what it says to him as he may see things now; None when there is nothing to say any more."""
    actor = load_actor(letter.person_id)
    row = db.session.get(MailAddress, letter.person_id, populate_existing=True)
    if actor is None or row is None:
        return None
    with written_for(actor):
        if letter.kind == LetterKind.CONFIRM:
            return _confirmation(letter, server, actor, row) if row.pending else None
        return _telling(letter, server, actor, row.address) if row.address else None


def _confirmation(letter: Letter, server: MailServer, actor: Actor, row: MailAddress) -> tuple[str, EmailMessage]:
    url = url_for("notices.confirm_mail", token=confirm_token(row), _external=True)
    return _mail(letter, server, str(row.pending), _("村书记论坛：请确认邮箱"), "confirm", name=actor.name, url=url)


def _telling(letter: Letter, server: MailServer, actor: Actor, address: str) -> tuple[str, EmailMessage] | None:
    groups = _groups(actor, letter)
    lines = [line for _label, group in groups for line in group]
    if not lines:
        return None
    if letter.kind == LetterKind.NOTICE:
        subject = _("村书记论坛：%(text)s", text=_cut(on_one_line(str(lines[0].text)) or ""))
    else:
        subject = ngettext("村书记论坛：%(num)s 件事请您看看", "村书记论坛：%(num)s 件事请您看看", len(lines))
    stop_url = url_for("notices.stop_mail", token=stop_token(actor.id, address), _external=True)
    recipient, mail = _mail(
        letter,
        server,
        address,
        subject,
        "telling",
        name=actor.name,
        groups=[(label, group[:MOST_LINES]) for label, group in groups],
        more=max(0, *(len(group) - MOST_LINES for _label, group in groups)),
        inbox_url=url_for("notices.inbox", _external=True),
        wishes_url=url_for("notices.wishes", _external=True),
        stop_url=stop_url,
        base=current_app.extensions["settings"].public_url,
    )
    mail["List-Unsubscribe"] = f"<{stop_url}>"
    return recipient, mail


def _groups(actor: Actor, letter: Letter) -> list[tuple[str, list[Shown]]]:
    """What the letter tells, by topic, unless he wants no letters of it by now; the same sentence stands there once."""
    rows = db.session.execute(
        select(LetterLine.kind, LetterLine.subject_id)
        .where(LetterLine.letter_id == letter.id)
        .order_by(LetterLine.message_id.desc())
    )
    wishes = wishes_of(actor.id)
    told = [Told(row.kind, row.subject_id) for row in rows if row.kind in KINDS]
    told = list(dict.fromkeys(one for one in told if wishes[KINDS[one.kind].topic].mail is not MailWhen.NEVER))
    shown = shown_by_any_posting(actor, told)
    groups: dict[Topic, dict[tuple[str, str], Shown]] = {}
    for one in told:
        if one in shown:
            key = (str(shown[one].text), shown[one].url)
            groups.setdefault(KINDS[one.kind].topic, {}).setdefault(key, shown[one])
    return [(str(TOPIC_LABELS[topic]), list(groups[topic].values())) for topic in Topic if topic in groups]


def _mail(
    letter: Letter, server: MailServer, address: str, subject: str, template: str, **context: object
) -> tuple[str, EmailMessage]:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = server.sender
    mail["To"] = address
    mail["Subject"] = subject
    mail["Date"] = format_datetime(letter.created_at)
    mail["Message-ID"] = message_id(letter, server)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(render_template(f"notices/mail/{template}.txt", **context), cte="base64")
    mail.add_alternative(render_template(f"notices/mail/{template}.html", **context), subtype="html", cte="base64")
    return address, mail


def message_id(letter: Letter, server: MailServer) -> str:
    """The same whenever the letter is sent: a mail program shows a letter that comes twice once."""
    host = parseaddr(server.sender)[1].partition("@")[2]
    of_row = hashlib.sha256(f"letter:{letter.id}:{letter.person_id}:{letter.created_at.isoformat()}".encode())
    return f"<{of_row.hexdigest()[:32]}@{host}>"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SUBJECT else text[: LONGEST_SUBJECT - 1] + "…"
