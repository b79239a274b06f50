"""What a village is like, in plain words."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Integer, ScalarSelect, bindparam, case, false, func, literal, select
from sqlalchemy.orm import aliased

from forum.units.models import Distance, Income, Land, Population, VillageFacts

LAND = {Land.PLAIN: _l("平原"), Land.COASTAL: _l("滨海、滩区"), Land.HILL: _l("丘陵、山地")}
RELOCATED = {True: _l("搬迁新村"), False: _l("没有搬迁")}
POPULATION = {
    Population.UNDER_500: _l("不到 500 人"),
    Population.UNDER_1000: _l("500 到 1000 人"),
    Population.UNDER_2000: _l("1000 到 2000 人"),
    Population.ABOVE_2000: _l("2000 人以上"),
}
INCOME = {
    Income.UNDER_10: _l("集体收入不到 10 万"),
    Income.UNDER_30: _l("集体收入 10 到 30 万"),
    Income.UNDER_50: _l("集体收入 30 到 50 万"),
    Income.UNDER_100: _l("集体收入 50 到 100 万"),
    Income.ABOVE_100: _l("集体收入 100 万以上"),
}
DISTANCE = {
    Distance.NEAR: _l("离镇上不到 5 公里"),
    Distance.MIDDLE: _l("离镇上 5 到 15 公里"),
    Distance.FAR: _l("离镇上 15 公里以上"),
}
WORDS: dict[str, dict[Any, Any]] = {
    "land": LAND,
    "is_relocated": RELOCATED,
    "population": POPULATION,
    "income": INCOME,
    "distance": DISTANCE,
}


def fact_columns() -> tuple[Any, ...]:
    """For a row of a village: its facts; the query joins VillageFacts from outside."""
    return tuple(getattr(VillageFacts, name) for name in WORDS)


def likeness_to_mine(unit_id: Any) -> ScalarSelect[int]:
    """In how many of its facts a village is like the one with the parameter ``my_unit``; null where either said nothing of itself."""
    theirs, mine = aliased(VillageFacts), aliased(VillageFacts)

    def fact(of: Any, name: str) -> Any:
        value = getattr(of, name)
        return func.coalesce(value, false()) if name == "is_relocated" else value

    same = (case((fact(theirs, name) == fact(mine, name), 1), else_=0) for name in WORDS)
    of_both = select(sum(same, literal(0))).join(mine, mine.unit_id == bindparam("my_unit", type_=Integer()))
    return of_both.where(theirs.unit_id == unit_id).scalar_subquery()


def facts_in_words(row: Any) -> list[Any]:
    """What is known of a village, a few short texts; that it was not relocated goes without saying."""
    known = [(name, getattr(row, name)) for name in WORDS]
    return [WORDS[name][value] for name, value in known if value is not None and value is not False]
