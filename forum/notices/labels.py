"""How topics and their choices are named."""

from flask_babel import lazy_gettext as _l

from forum.notices.kinds import Topic
from forum.notices.models import MailWhen

TOPIC_LABELS = {
    Topic.REPLIES: _l("有人回复我"),
    Topic.PANELS: _l("请我会诊"),
    Topic.DECISIONS: _l("我跟着的事有结论"),
    Topic.DUE: _l("该办的、该回头看的"),
    Topic.MEETINGS: _l("村书记论坛开会"),
    Topic.LEARNING: _l("外出学习、专家授课"),
    Topic.CARDS: _l("经验卡和借鉴"),
    Topic.SEARCHES: _l("我存的搜索有新的"),
    Topic.MODERATION: _l("我写的被隐藏"),
}
MAIL_LABELS = {
    MailWhen.DIGEST: _l("早上七点一起发"),
    MailWhen.AT_ONCE: _l("马上发（夜里留到早上）"),
    MailWhen.NEVER: _l("不发邮件"),
}
