"""Ten questions as somebody would type them on a phone, with what the invented district answers: to be read, not counted."""

import os

from forum.search.documents import EVERYTHING
from forum.search.place import knows_meaning
from forum.search.queries import find, open_sight, titles_of
from tests.bench.place import application

SHOWN = 4
QUESTIONS = [
    "彩礼要得太高，娶不起媳妇",
    "老人一个人在家，摔了没人知道咋办",
    "路灯不亮，电费没人交",
    "地没人种了，撂荒可惜",
    "俩邻居为滴水打起来了",
    "刚当上书记两眼一抹黑",
    "娃放假没人看，光往河边跑",
    "开会喊不来人",
    "棚让雪压塌了",
    "想让在外头的年轻人回来",
]


def ten() -> None:
    """Print the questions, and below each what is found first."""
    os.environ["SEARCH_VECTORS"] = "true"
    with application() as (app, _folder):
        for args in (["demo", "load"], ["search", "rebuild"]):
            result = app.test_cli_runner().invoke(args=args)
            assert result.exit_code == 0, result.output
        print("by words and meaning" if knows_meaning() else "by words alone: there is no encoder")
        for question in QUESTIONS:
            hits = find(open_sight(), question, EVERYTHING, SHOWN, patience=None)
            print(f"\n{question}")
            for hit, title in zip(hits, titles_of(hits), strict=True):
                print(
                    f"  {hit.score:.2f} {'卡' if hit.kind == 'card' else '帖'} {title}{' （意思相近）' if hit.by_meaning else ''}"
                )
