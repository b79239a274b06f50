"""What a person sends with each form when he fills it in properly, by endpoint."""

from datetime import timedelta
from functools import cache
from io import BytesIO
from typing import Any

from forum.clock import today, utcnow
from forum.meetings.signing_codes import code_at, prove
from forum.notices.kinds import Topic
from tests.accounts.conftest import PASSWORD
from tests.media.papers import office
from tests.media.shots import picture
from tests.trust.stage import Scene
from tests.units.rosters import HEADER, LI, xlsx

NEW_PASSWORD = "Xinde-31 八里铺"
SWITCH = {"on": "1"}


def sent(scene: Scene, endpoint: str, role: str, word: str) -> dict[str, Any]:
    """The fields for a form, as somebody in a role would fill it in for the object in that state."""
    ids = scene.ids
    tomorrow = today() + timedelta(days=1)
    meeting = {
        "month": f"{tomorrow:%Y-%m}",
        "number": "77",
        "theme": "石榴怎么卖",
        "brief": "带上账本。",
        "day": f"{tomorrow}",
        "starts": "09:00",
        "ends": "11:00",
        "place": "前柳村大棚",
        "chair": "0",
        "note_taker": "0",
        "version": "0",
    }
    card = {
        "title": "石榴合作社",
        "unit": scene.world.village.id,
        "problem": "没人收。",
        "practice": "成立合作社。",
        "version": "0",
    }
    trip = {
        "title": "去看石榴园",
        "destination": "南山县杏花村",
        "brief": "看人家怎么剪枝。",
        "starts_on": f"{today() + timedelta(days=20)}",
        "ends_on": "",
        "join_by": "",
        "seats": "20",
        "at_0": "9:30",
        "place_0": "石榴园",
        "what_0": "看剪枝",
        "version": "0",
    }
    expert = {"person": "0", "name": "石榴教授", "workplace": "省农业大学", "about": "", "contact": "", "version": "0"}
    lecture = {
        "title": "石榴怎么剪",
        "expert": ids["expert_id", "outside"],
        "manner": "field",
        "day": f"{today() + timedelta(days=20)}",
        "starts": "09:30",
        "place": "石榴园",
        "link": "",
        "brief": "带上剪子。",
        "heads": "",
        "version": "0",
    }
    fields: dict[str, dict[str, Any]] = {
        "accounts.sign_in": {"phone": phone_of(scene, "secretary"), "password": PASSWORD},
        "accounts.type_code": {"code": ids["code", "slip"]},
        "accounts.activate": {"password": NEW_PASSWORD, "again": NEW_PASSWORD, "agreed": "y"},
        "accounts.change_password": {"old": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD},
        "accounts.change_phone": {"phone": "13900001234", "password": PASSWORD},
        "accounts.choose_posting": {
            "posting": scene.world.secretary.posting.id if scene.world.secretary.posting else ""
        },
        "accounts.set_language": {"language": "en"},
        "accounts.set_type_size": {"size": "large"},
        "threads.ask": {"kind": "question", "reach": "district", "body": "石榴树得了什么病？", "title": ""},
        "threads.reply": {"body": "剪掉病枝。"},
        "threads.ask_for": {
            "speaker": _written_for(scene, role),
            "kind": "question",
            "reach": "district",
            "body": "石榴树得了什么病？",
            "title": "",
        },
        "threads.answer_for": {"speaker": _written_for(scene, role), "body": "他说剪掉病枝。"},
        "threads.confirm": {"on": "1"},
        "threads.people": {"text": "柳"},
        "threads.people_to_ask": {"text": "柳", "reach": "township"},
        "threads.edit": {"title": "石榴怎么卖", "body": "改了几个字。", "version": str(ids.get(("version", word), 1))},
        "threads.hide": {"reason": "说了别人的隐私"},
        "threads.accept": SWITCH,
        "threads.useful": SWITCH,
        "threads.same": SWITCH,
        "threads.follow_thread": SWITCH,
        "threads.lock": SWITCH,
        "threads.pin": SWITCH,
        "threads.move_thread": {"kind": "question", "township": scene.world.town.id},
        "threads.merge_thread": {"into": ids["thread_id", "open"], "q": ""},
        "threads.split_off": {"title": "石榴怎么浇水"},
        "threads.undo": SWITCH,
        "threads.preview": {"text": "# 石榴"},
        "tags.suggest_tags": {"text": "石榴"},
        "tags.keep": {"word": "石榴树"},
        "tags.rename": {"name": "石榴种植", "name_en": ""},
        "tags.merge": {"into": ids["tag_id", "third"]},
        "tags.retire": SWITCH,
        "asking.similar_to": {"text": "村里的石榴没人来收怎么办"},
        "search.typed": {"text": "石榴"},
        "search.save": {"text": "", "arguments": "kind=question"},
        "search.tell_of_new": SWITCH,
        "search.drop": {},
        "search.note": {"text": "石榴"},
        "asking.found_thread": {"follow": "y"},
        "asking.found_card": {},
        "accounts.set_suggested": {"on": "1"},
        "media.upload": {"file": (BytesIO(_photo()), "IMG_1.jpg")},
        "media.upload_document": {"file": (BytesIO(office()), "方案.docx")},
        "moderation.report": {"kind": "other", "reason": "说的不是实情"},
        "moderation.answer": {"verdict": "asked", "words": "请去掉电话。", "answer": "谢谢您提醒。"},
        "moderation.refuse": {"reason": "有名单上的词"},
        "screening.words": {"word": "假农药", "degree": "refuse", "reason": "国家禁止"},
        "screening.import_words": {
            "file": (BytesIO("假化肥\n假农药\n".encode()), "词表.txt"),
            "degree": "mask",
            "reason": "",
        },
        "screening.first_posts": {"number": "2"},
        "moderation.suggest": {"body": "字再大一点。", "page": "/threads/"},
        "notices.wishes": {"topics": ["replies", "due"], **{f"mail_{topic}": "digest" for topic in Topic}},
        "notices.mail": {"address": f"{role}@example.org"},
        "notices.new_robot": {
            "kind": "wecom",
            "name": "柳林镇书记群",
            "address": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
            "secret": "",
            "hears": ["meetings"],
        },
        "notices.robot_hears": {"hears": ["cards"]},
        "notices.switch_robot": SWITCH,
        "notices.mark_all_read": {"up_to": "1000"},
        "library.from_thread": card,
        "library.new": card,
        "library.edit": card | {"version": ids.get(("card_version", word), "")},
        "library.adopt": {"speaker": _speaker(scene, role), "change": "先种五亩。", "due": f"{tomorrow}"},
        "library.report_adoption": {
            "result": "worked",
            "why": "有水。",
            "version": ids.get(("adoption_version", word), ""),
        },
        "library.shelve": {"note": "头一个月就用得上。"},
        "library.place_on_shelf": {"place": "1"},
        "library.confirm": {"reason": "打电话问过柳书记。"},
        "library.retire": {"reason": "石榴砍了。"},
        "library.complete": {"person": scene.world.deputy.id},
        "library.add_thread": {"card": ids["card_id", "draft"]},
        "library.give_back": {"reason": "请写上花了多少。"},
        "experts.new": expert,
        "experts.edit": expert | {"version": ids.get(("expert_version", word), "")},
        "lectures.new": lecture,
        "lectures.edit": lecture | {"version": ids.get(("lecture_version", word), "")},
        "lectures.voice": {"was_there": "y", "understood": "yes", "useful": "no", "wish": "石榴怎么卖"},
        "trips.new": trip,
        "trips.edit": trip | {"version": ids.get(("trip_version", word), "")},
        "trips.cancel": {"reason": "石榴没开花"},
        "trips.close": SWITCH,
        "trips.going": SWITCH,
        "trips.people": {"people": [scene.world.deputy.id]},
        "trips.off": SWITCH,
        "trips.note": {
            "saw": "一棵树一块牌。",
            "what_0": "石榴剪枝",
            "plan_0": "先剪十棵。",
            "who_0": "柳大山",
            "due_0": f"{today() + timedelta(days=30)}",
            "version": ids.get(("note_version", f"{word}-{role}"), 0),
        },
        "trips.answer": {"result": "unfit", "words": "我们村没有石榴。", "again": "", "version": "0"},
        "meetings.new": meeting,
        "meetings.edit": meeting | {"number": "78", "version": ids.get(("meeting_version", word), "")},
        "meetings.postpone": {"reason": "防汛"},
        "meetings.cancel": {"reason": "防汛"},
        "meetings.leave": {"reason": "孩子病了"},
        "meetings.substitute": {"name": "王会计"},
        "meetings.answer_for": {"answer": "leave", "reason": "孩子病了"},
        "meetings.year": {"week": "3", "weekday": "3", "starts": "09:00", "minutes": "120", "place": "镇上"},
        "meetings.draft_months": {f"day_{today():%Y_%m}": f"{today()}"},
        "meetings.take_up": {"meeting": "0", "theme": "石榴怎么卖"},
        "meetings.pick": {"threads": [ids["thread_id", "locked"]]},
        "meetings.new_item": {
            "kind": "case",
            "thread": "0",
            "title": "前柳村讲石榴",
            "who": "柳大山",
            "minutes_planned": "15",
            "version": "0",
        },
        "meetings.edit_item": {
            "kind": "case",
            "thread": "0",
            "title": "换个题目",
            "who": "",
            "minutes_planned": "",
            "version": "1",
        },
        "meetings.arrange": {"item": _lines(scene, word), "version": ids.get(("meeting_version", word), "")},
        "meetings.publish": {"version": ids.get(("meeting_version", word), "")},
        "meetings.talk": {"title": "先议一议", "body": "石榴怎么卖？"},
        "meetings.attendance": {"came": [scene.world.secretary.id], "version": ids.get(("meeting_version", word), "")},
        "meetings.here": {"code": code_at(ids["sitting_id", "begun"], utcnow())},
        "hall.ask_now": {"body": "石榴怎么卖？"},
        "hall.to_item": {"item": ids["item_id", "begun"]},
        "hall.echo_question": SWITCH,
        "hall.move_question": SWITCH,
        "hall.take_off_question": SWITCH,
        "meetings.sign_in_here": {"proof": prove(ids.get(("sitting_id", word), 0))},
        "meetings.write_minutes": {"body": "大家都来了。", "version": ids.get(("part_version", word), 0)},
        "meetings.keep_minutes": {"body": "大家都来了。", "version": ids.get(("part_version", word), 0)},
        "meetings.mark_sentences": {
            "sentences": ["0"],
            "kind": "action",
            "version": ids.get(("part_version", word), 0),
        },
        "meetings.edit_mark": {"text": "登记石榴", "unit": "", "due": ""},
        "meetings.issue_minutes": {"on": f"{today()}"},
        "meetings.close": {"left_out": "没时间议", "seen": "1000"},
        "meetings.new_theme": {
            "month": f"{today():%Y-%m}",
            "theme": "石榴怎么卖",
            "why": "各村都在问。",
            "tag": "0",
            "townships": [scene.world.town.id],
        },
        "meetings.decline": {"word": "上个月刚议过。"},
        "meetings.letterhead": {
            "issuer": "柳林镇党委",
            "number_word": "柳村论纪",
            "copies": "区委组织部",
            "version": "0",
        },
        "meetings.paper_number": {"year": f"{today().year}", "number": "3"},
        "units.roster": {"file": (BytesIO(_roster()), "名册.xlsx")},
        "units.apply_roster": {"seen": "another plan"},
        "units.new_posting": {
            "name": "柳新",
            "phone": "13900004321",
            "unit": scene.world.village.id,
            "role": "deputy",
            "title": "副书记",
            "since": "2025-03-01",
        },
        "units.print_slips": {"which": "chosen", "person": scene.world.secretary.id},
        "units.leave_office": {"leaves_on": f"{today()}"},
        "units.new_unit": {"kind": "township", "name": "新镇"},
        "units.edit_unit": {"name": "大柳村", "area": "0"},
        "units.facts": {"land": "plain", "is_relocated": "no", "population": "", "income": "", "distance": "near"},
        "consultations.undo": {"reason": "东边没修。"},
        "consultations.done": {"note": "登记了三十户。"},
        "consultations.call": {
            "people": [scene.world.deputy.id],
            "due": f"{today() + timedelta(days=9)}",
            "note": "看看石榴树。",
            "find": "",
        },
        "consultations.off": {"person": str(scene.world.expert.id)},
        "consultations.decline": {"note": "没种过。"},
        "consultations.conclude": {
            "statement": "几个村一起卖石榴。",
            "after": "90",
            "version": ids.get(("outcome_id", word), 0),
        },
        "consultations.later": {
            "result": "better",
            "sentence": "卖出去一半。",
            "after": "30",
            "version": ids.get(("follow_up_id", word), 0),
        },
        "consultations.remind_follow_up": SWITCH,
        "consultations.remind_action": SWITCH,
    }
    return fields.get(endpoint, {})


def _lines(scene: Scene, word: str) -> list[int]:
    """The lines of a meeting's agenda, in order."""
    of_it = [ident for (kind, which), ident in scene.ids.items() if kind == "item_id" and which.startswith(word)]
    return sorted(of_it)


def _speaker(scene: Scene, role: str) -> int:
    """Whoever speaks for a village that the role may write for."""
    who = {
        "organiser": scene.world.secretary,
        "far_secretary": scene.world.far_secretary,
        "neighbour": scene.world.neighbour_secretary,
        "deputy": scene.world.deputy,
    }.get(role, scene.world.far_secretary)
    return who.posting.id if who.posting else 0


def _written_for(scene: Scene, role: str) -> int:
    """Somebody for whom the role may write down what he says."""
    who = scene.world.far_secretary if role == "far_organiser" else scene.world.secretary
    return who.posting.id if who.posting else 0


@cache
def _photo() -> bytes:
    return picture()


@cache
def _roster() -> bytes:
    return xlsx([HEADER, LI])


def phone_of(scene: Scene, role: str) -> str:
    """The number somebody signs in with."""
    return str(scene.ids["phone", role])
