"""What a lecture says as the opening of its thread, so that search, exports and revisions know it.

Always in Chinese, whatever language the writer reads in: it is read by others.
"""

from forum.clock import local
from forum.learning.lectures.models import Expert, Lecture, Manner

MANNERS = {Manner.CLASSROOM: "课堂", Manner.FIELD: "田间学校", Manner.ONLINE: "线上", Manner.HOME: "上门"}


def opening_text(lecture: Lecture, expert: Expert) -> str:
    """Who, how, when and where."""
    at = local(lecture.starts_at)
    lines = [
        f"谁来讲：{expert.name}（{expert.workplace}）",
        f"怎么讲：{MANNERS[lecture.manner]}",
        f"什么时候：{at.year}年{at.month}月{at.day}日 {at:%H:%M}",
    ]
    lines += [f"在哪里：{lecture.place}"] if lecture.place else []
    lines += [f"网上听：{lecture.link}"] if lecture.link else []
    return "\n\n".join(part for part in (lecture.brief, "\n".join(lines)) if part)
