"""Why a thread with a conclusion or a panel stays what it is: what was decided there was decided of it."""

from flask_babel import gettext as _

from forum.consultations.models import ActionItem, ActionUndoing, Consultation, FollowUp, Outcome, OutcomeReply
from forum.threads.references import holds, stays

holds(Outcome.thread_id, lambda: _("这个帖子有结论"))
holds(FollowUp.thread_id, lambda: _("这个帖子有结论"))
holds(Consultation.thread_id, lambda: _("这个帖子请了人会诊"))
holds(OutcomeReply.post_id, lambda: _("结论用到了里面的回复"))
holds(FollowUp.post_id, lambda: _("里面有“后来怎样了”的答复"))
holds(FollowUp.accepted_post_id, lambda: _("里面有头一轮采纳的回答"))
holds(ActionItem.post_id, lambda: _("里面有落实事项的照片"))
stays(ActionUndoing.post_id)
