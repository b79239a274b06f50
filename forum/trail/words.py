"""Deeds in plain words: every action that is recorded anywhere has its words here, under the kind of work it belongs to."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class Work(StrEnum):
    """What kind of work a deed belongs to, as a reader would look for it."""

    THREADS = "threads"
    PANELS = "panels"
    MEETINGS = "meetings"
    LIBRARY = "library"
    LEARNING = "learning"
    PEOPLE = "people"
    WATCHING = "watching"
    TAGS = "tags"
    ACCOUNTS = "accounts"


WORK_LABELS = {
    Work.THREADS: _l("帖子和回复"),
    Work.PANELS: _l("会诊、结论和落实"),
    Work.MEETINGS: _l("开会"),
    Work.LIBRARY: _l("经验卡和借鉴"),
    Work.LEARNING: _l("授课和外出学习"),
    Work.PEOPLE: _l("人员、名册和村"),
    Work.WATCHING: _l("举报、意见和敏感词"),
    Work.TAGS: _l("标签"),
    Work.ACCOUNTS: _l("账号、消息和导出"),
}

DEEDS: dict[Work, dict[str, Any]] = {
    Work.THREADS: {
        "post.hide": _l("隐藏了一条"),
        "post.restore": _l("把隐藏的一条放出来了"),
        "post.let_through": _l("让等着的一条发出去了"),
        "post.enter": _l("替人写了一条"),
        "thread.lock": _l("锁了帖子"),
        "thread.unlock": _l("帖子又能回复了"),
        "thread.pin": _l("把帖子置顶"),
        "thread.unpin": _l("帖子不再置顶"),
        "thread.narrow": _l("帖子改成只给请来的人看"),
        "thread.move": _l("给帖子换了地方"),
        "thread.merge": _l("把帖子并到另一个里"),
        "thread.split": _l("从帖子里分出一个新问题"),
        "thread.undo_move": _l("帖子换回原来的地方"),
        "thread.undo_merge": _l("并过去的帖子又分开了"),
        "thread.undo_split": _l("分出去的又放回来了"),
    },
    Work.PANELS: {
        "panel.call": _l("请人会诊"),
        "panel.change": _l("会诊加了人或改了日子"),
        "panel.take_off": _l("会诊不再请一个人"),
        "thread.conclude": _l("给帖子下了结论"),
        "thread.follow_up": _l("回头看，说了后来怎样"),
        "follow_up.urge": _l("催了一次回头看"),
        "action.finish": _l("记下一件事办好了"),
        "action.undo": _l("收回了“办好了”"),
        "action.urge": _l("催了一次落实"),
    },
    Work.MEETINGS: {
        "meeting.schedule": _l("排了一期论坛"),
        "meeting.revise": _l("改了论坛的安排"),
        "meeting.announce": _l("发了论坛通知"),
        "meeting.postponed": _l("论坛推迟了"),
        "meeting.cancelled": _l("论坛取消了"),
        "meeting.agenda": _l("改了议程"),
        "meeting.publish": _l("发布了议程"),
        "meeting.hold": _l("论坛开了"),
        "meeting.attendance": _l("记了到会的人"),
        "meeting.minutes": _l("写了纪要"),
        "meeting.issue_minutes": _l("印发了纪要"),
        "meeting.correct_minutes": _l("更正了纪要"),
        "meeting.number": _l("给文件编了号"),
        "meeting.close": _l("论坛办结了"),
        "meeting.rule": _l("定了每月哪天开论坛"),
        "letterhead.set": _l("改了红头文件的样式"),
        "theme.propose": _l("给各镇出了主题"),
        "theme.withdraw": _l("收回了出的主题"),
        "theme.accepted": _l("接了区里出的主题"),
        "theme.declined": _l("没接区里出的主题"),
    },
    Work.LIBRARY: {
        "card.edit": _l("改了经验卡"),
        "card.consent": _l("同意把经验卡给更多人看"),
        "card.confirm": _l("本村确认了经验卡"),
        "card.publish": _l("发布了经验卡"),
        "card.return": _l("退回了经验卡"),
        "card.promote": _l("把经验卡推广到全区"),
        "card.unpromote": _l("经验卡不再推广"),
        "card.retire": _l("停用了经验卡"),
        "card.restore": _l("经验卡又用起来了"),
        "adoption.enter": _l("记下一个村来借鉴"),
        "adoption.report": _l("代村里报了借鉴的结果"),
        "adoption.withdraw": _l("一个村不借鉴了"),
        "shelf.add": _l("把经验卡放进专辑"),
        "shelf.remove": _l("把经验卡从专辑里拿出来"),
    },
    Work.LEARNING: {
        "expert.add": _l("把专家登进名录"),
        "expert.revise": _l("改了专家的介绍"),
        "lecture.announce": _l("发了授课通知"),
        "lecture.revise": _l("改了授课的安排"),
        "trip.plan": _l("拟了一次外出学习"),
        "trip.revise": _l("改了外出学习的安排"),
        "trip.open": _l("外出学习开始报名"),
        "trip.cancel": _l("外出学习取消了"),
        "trip.close": _l("外出学习办结了"),
        "trip.reopen": _l("办结的外出学习又打开了"),
        "trip.add": _l("替人报了名"),
        "trip.take_off": _l("替人退了名"),
        "trip.answer": _l("代人说了用上没有"),
    },
    Work.PEOPLE: {
        "roster.import": _l("导入了名册"),
        "posting.end": _l("结束了一个人的任职"),
        "slip.make": _l("打了激活条"),
        "unit.add": _l("加了一个单位"),
        "unit.change": _l("改了一个单位"),
        "unit.close": _l("撤了一个单位"),
        "unit.reopen": _l("恢复了一个单位"),
        "village.facts": _l("记了村情"),
        "district.found": _l("建起了全区的论坛"),
    },
    Work.WATCHING: {
        "report.answer": _l("答复了举报"),
        "suggestion.handle": _l("处理了意见"),
        "words.list": _l("往敏感词名单里加了词"),
        "words.unlist": _l("从敏感词名单里去了一个词"),
        "first_posts.set": _l("定了新账号头几条先看一眼"),
    },
    Work.TAGS: {
        "tag.rename": _l("给标签改了名"),
        "tag.synonym": _l("给标签加了一个叫法"),
        "tag.drop_synonym": _l("去掉了标签的一个叫法"),
        "tag.retire": _l("停用了标签"),
        "tag.reinstate": _l("标签又用起来了"),
        "tag.merge": _l("合并了标签"),
        "tag.undo_merge": _l("合并的标签又分开了"),
    },
    Work.ACCOUNTS: {
        "session.begin": _l("登录了"),
        "password.set_by_slip": _l("用激活条设了密码"),
        "password.change": _l("改了密码"),
        "phone.change": _l("换了手机号"),
        "privacy.accept": _l("同意了隐私说明"),
        "mail.want": _l("想用邮箱收消息"),
        "mail.confirm": _l("确认了邮箱"),
        "mail.remove": _l("不用邮箱收消息了"),
        "mail.stop": _l("从信里退订了"),
        "calendar.link": _l("换了日历的链接"),
        "robot.add": _l("加了群机器人"),
        "robot.test": _l("试了群机器人"),
        "robot.pause": _l("停了群机器人"),
        "robot.resume": _l("群机器人又用起来了"),
        "robot.remove": _l("去掉了群机器人"),
        "writing.export": _l("把自己写的存成了文件"),
        "trail.export": _l("导出了操作记录"),
    },
}
WORDS = {action: words for deeds in DEEDS.values() for action, words in deeds.items()}


def words_of(action: str) -> str:
    """What was done, in words; the action's own name where a later version wrote what this one does not know."""
    return str(WORDS.get(action, action))
