"""What this room holds of a person: how he wants to be told. What he was told are others' words."""

from flask_babel import lazy_gettext as _l

from forum.belongings import belongs, of_office
from forum.notices.mail.models import Letter, MailAddress
from forum.notices.models import InboxItem, NoticePreference, OutboxMessage

belongs(
    "notice_preferences",
    _l("消息怎么告诉我"),
    NoticePreference.person_id,
    NoticePreference.topic,
    NoticePreference.in_inbox,
    NoticePreference.mail,
)
belongs("mail_address", _l("收消息的邮箱"), MailAddress.person_id, MailAddress.address, MailAddress.pending)
of_office(InboxItem.person_id, OutboxMessage.recipient_id, Letter.person_id)
