"""What an organiser chooses when he takes up what was asked."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, Length

from forum.forms import LineField, WritingForm, choice_field, tick_field
from forum.meetings.forms import EIGHTY
from forum.meetings.labels import month_label, theme_of


class TakeUpForm(WritingForm):
    """就谈这个: in which meeting, under which words, with which threads."""

    meeting = choice_field(_l("哪一期谈"), default=0)
    theme = LineField(_l("主题怎么写"), [DataRequired(_l("请写主题。")), Length(max=80, message=EIGHTY)])
    threads = tick_field(_l("把哪些放进议程"))

    def __init__(self, *args: Any, drafts: Sequence[Any], threads: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = [
            (
                m.id,
                _(
                    "%(month)s，第 %(number)s 期（%(theme)s）",
                    month=month_label(m.month),
                    number=m.number,
                    theme=theme_of(m),
                ),
            )
            for m in drafts
        ]
        self.meeting.choices = [*said, (0, _l("新排一期"))]
        self.threads.choices = [(t.id, t.title) for t in threads]
