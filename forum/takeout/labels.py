"""What the file to read calls columns and choices; what has no word here stands only in the file for programs."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.clock import full_day, local
from forum.consultations.labels import result_label as follow_up_label
from forum.consultations.models import FollowUpResult
from forum.learning.trips.labels import result_label as use_label
from forum.learning.trips.models import UseResult
from forum.library.adoptions.labels import RESULTS as ADOPTION_LABELS
from forum.library.adoptions.models import AdoptionResult
from forum.library.models import CardState
from forum.meetings.minutes.models import MarkKind
from forum.meetings.models import Answer
from forum.meetings.proposals.models import OfferAnswer
from forum.moderation.forms import KIND_LABELS as REPORT_LABELS
from forum.moderation.models import ReportKind
from forum.notices.labels import MAIL_LABELS, TOPIC_LABELS
from forum.notices.models import MailWhen
from forum.threads.forms import REACH_LABELS
from forum.threads.lists import kind_label
from forum.threads.models import Reach, ReactionKind, Stance, ThreadKind
from forum.trail.words import words_of
from forum.units.labels import ROLE_LABELS
from forum.units.models import Role

LABELS: dict[str, Any] = {
    "about": _l("介绍"),
    "action": _l("做了什么"),
    "added_at": _l("什么时候"),
    "address": _l("邮箱"),
    "answer": _l("答复"),
    "answered_at": _l("什么时候"),
    "arguments": _l("条件"),
    "at": _l("什么时候"),
    "body": _l("内容"),
    "brief": _l("说明"),
    "called_at": _l("什么时候"),
    "came": _l("到会"),
    "caution": _l("要注意的"),
    "change": _l("怎么变通"),
    "concluded_at": _l("什么时候"),
    "confirmed_at": _l("什么时候"),
    "confirmed_note": _l("说了什么"),
    "consent_at": _l("什么时候"),
    "contact": _l("怎么联系"),
    "cost": _l("花了多少"),
    "created_at": _l("什么时候"),
    "decline_note": _l("说了什么"),
    "declined_at": _l("推辞的时候"),
    "destination": _l("去哪里"),
    "done_at": _l("什么时候"),
    "due": _l("到哪天"),
    "entered_by": _l("由谁代录"),
    "expires_at": _l("自动退出的时候"),
    "handled_at": _l("什么时候"),
    "in_inbox": _l("进消息"),
    "invited_at": _l("什么时候"),
    "issued_at": _l("什么时候"),
    "joined_at": _l("什么时候"),
    "kind": _l("哪一种"),
    "language": _l("语言"),
    "large_type": _l("大字版"),
    "last_seen_at": _l("最近用过"),
    "left_out": _l("没印的部分"),
    "made_at": _l("什么时候"),
    "mail": _l("邮件"),
    "may_be_suggested": _l("愿意被介绍给人请教"),
    "month": _l("哪一期"),
    "name": _l("姓名"),
    "note": _l("说了什么"),
    "page": _l("在哪一页"),
    "password_changed_at": _l("改密码的时候"),
    "pending": _l("等着确认的邮箱"),
    "phone": _l("手机号"),
    "place": _l("地点"),
    "plan": _l("打算怎么用"),
    "practice": _l("怎么做的"),
    "privacy_accepted_at": _l("同意隐私说明的时候"),
    "privacy_version": _l("同意的是哪一版"),
    "problem": _l("遇到什么问题"),
    "proposed_at": _l("什么时候"),
    "reach": _l("给谁看"),
    "read_to": _l("读到"),
    "reason": _l("原因"),
    "replaced_at": _l("什么时候改的"),
    "request": _l("请他改什么"),
    "result": _l("结果"),
    "result_at": _l("什么时候"),
    "retired_at": _l("什么时候"),
    "retired_reason": _l("原因"),
    "role": _l("身份"),
    "saw": _l("看到什么"),
    "sentence": _l("怎么说的"),
    "signed_at": _l("签到的时候"),
    "since": _l("从哪天"),
    "stance": _l("算什么"),
    "starts_at": _l("什么时候"),
    "state": _l("到哪一步"),
    "statement": _l("结论"),
    "substitute_name": _l("谁来代替"),
    "suitable": _l("哪里合用"),
    "text": _l("内容"),
    "theme": _l("主题"),
    "title": _l("标题"),
    "topic": _l("哪类消息"),
    "undone_at": _l("什么时候"),
    "unit": _l("单位"),
    "until": _l("到哪天"),
    "what": _l("什么事"),
    "who": _l("谁来办"),
    "why": _l("为什么"),
    "word": _l("词或一句话"),
    "words": _l("怎么说的"),
    "workplace": _l("单位"),
    "written_at": _l("什么时候"),
}

# By class, for choices of two kinds are often the same word.
_CHOICES: dict[type[StrEnum], Callable[[Any], Any]] = {
    Role: ROLE_LABELS.get,
    ThreadKind: kind_label,
    Reach: REACH_LABELS.get,
    ReportKind: REPORT_LABELS.get,
    MailWhen: MAIL_LABELS.get,
    FollowUpResult: follow_up_label,
    AdoptionResult: ADOPTION_LABELS.get,
    UseResult: use_label,
    Stance: {Stance.SUPPLEMENT: _l("补充"), Stance.OBJECTION: _l("不同意见")}.get,
    ReactionKind: {ReactionKind.USEFUL: _l("这个管用"), ReactionKind.SAME: _l("我们村也有")}.get,
    CardState: {
        CardState.DRAFT: _l("草稿"),
        CardState.NOMINATED: _l("报上去了"),
        CardState.PUBLISHED: _l("发布了"),
    }.get,
    Answer: {Answer.COMING: _l("来"), Answer.LEAVE: _l("请假"), Answer.SUBSTITUTE: _l("有人代替")}.get,
    MarkKind: {MarkKind.CONCLUSION: _l("结论"), MarkKind.ACTION: _l("要办的事")}.get,
    OfferAnswer: {OfferAnswer.ACCEPTED: _l("接了"), OfferAnswer.DECLINED: _l("没接")}.get,
}
_TOPICS: Mapping[str, Any] = {topic.value: words for topic, words in TOPIC_LABELS.items()}


def shown(name: str, value: Any) -> str:
    """What stands in a column as it is read; nothing for what only a program would understand."""
    if name == "action":
        return words_of(value)
    if name == "topic":
        return str(_TOPICS.get(value, value))
    if isinstance(value, StrEnum):
        words = _CHOICES.get(type(value))
        return str(words(value) or "") if words else ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return f"{full_day(local(value).date())} {local(value):%H:%M}"
    if isinstance(value, date):
        return full_day(value)
    return "" if value is None or isinstance(value, dict | list) else str(value)
