"""What a title says of its holder's role. Rights follow from it, so only what is certain is told."""

import re
import unicodedata

# Who was, will be, assists or stands in for the secretary is not the secretary; a 第一书记 is sent there from outside.
_NOT_IN_OFFICE = re.compile(
    r"^原|\(原|前任|离任|卸任|免职|退休|拟任|候选|后备|助理|代理|第一书记|驻村|包村|联村|挂职|下派|选派"
)
_REMARK = re.compile(r"\([^()]*\)")
_NEXT_TITLE = re.compile(r"[、,;/|+兼]|(?<=书记)(?=村?[主委])|一肩挑")
# A township's or an area's 书记 is none of a village's: before the word may stand only a village and its Party branch.
_VILLAGE_PARTY = r"(?:.{0,20}(?:村|社区|居))?(?:联合)?(?:党支部|党总支|党委|党组织|支部|总支|支)?(?:部|委员会)?"
_ROLES = (
    ("secretary", re.compile(rf"{_VILLAGE_PARTY}书记|(?:.{{0,20}}(?:村|社区))?(?:党)?支书")),
    ("deputy", re.compile(rf"{_VILLAGE_PARTY}(?:常务|专职)?副书记|(?:.{{0,20}}(?:村|社区))?(?:党)?副支书")),
    (
        "organiser",
        re.compile(r"(?:.{0,20}(?:镇|乡|街道)(?:党委|党工委)?)?(?:组织委员|组织办.{0,6}|组织干事|党建办.{0,6})"),
    ),
    ("district", re.compile(r"(?:.{0,20}(?<!社)(?<!管)(?:区|县|市))?(?:区委|县委|市委)?组织部.{0,10}")),
    ("expert", re.compile(r"(?:特聘|授课)?专家")),
)


def role_of(title: str) -> str | None:
    """The code of the role that a title surely names, or None where somebody has to say what it means here.

    Of several titles in one text the first in the order of the roles counts: 党支部书记、村委会主任 is a secretary.
    System administration is never read from a title.
    """
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", title[:200]))
    if _NOT_IN_OFFICE.search(text):
        return None
    titles = _NEXT_TITLE.split(_REMARK.sub("", text))
    return next((role for role, pattern in _ROLES if any(pattern.fullmatch(part) for part in titles)), None)
