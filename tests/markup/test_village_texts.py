"""What villages type, and the HTML that is stored for it."""

import pytest

from forum.markup import render

# Lines stay lines, full-width indents stay, blanks at the beginning of a line mean nothing.
LINES = [
    ("各位书记：\n村东头的路灯坏了。\n谁家修过？", "<p>各位书记：<br>\n村东头的路灯坏了。<br>\n谁家修过？</p>"),
    ("第一段。\n\n\n第二段。", "<p>第一段。</p>\n<p>第二段。</p>"),
    ("　　我村现有耕地1200亩。\n　　想办合作社。", "<p>　　我村现有耕地1200亩。<br>\n　　想办合作社。</p>"),
    ("　　第一段。\n　　\n　　第二段。", "<p>　　第一段。</p>\n<p>　　第二段。</p>"),
    ("    前面空四格\n\t前面是制表符", "<p>前面空四格<br>\n前面是制表符</p>"),
    ("地址：C:\\资料\\台账 \\\\192.168.1.5\\共享", "<p>地址：C:\\资料\\台账 \\\\192.168.1.5\\共享</p>"),
]
# Numbers stay as typed: a list is only what HTML would number the same way.
NUMBERS = [
    ("1、修路\n2、打井", "<p>1、修路<br>\n2、打井</p>"),
    ("（一）资金\n（二）土地", "<p>（一）资金<br>\n（二）土地</p>"),
    ("1) 人员\n2) 车辆\n①宣传 ②入户", "<p>1) 人员<br>\n2) 车辆<br>\n①宣传 ②入户</p>"),
    ("2.5亩地\n3.项目\n1.修路", "<p>2.5亩地<br>\n3.项目<br>\n1.修路</p>"),
    ("2023. 春天种的树\n50. 3元一斤", "<p>2023. 春天种的树<br>\n50. 3元一斤</p>"),
    ("3. 接上次说的第三件事", "<p>3. 接上次说的第三件事</p>"),
    ("答复：\n1. 已办\n3. 待办", "<p>答复：</p>\n<ol>\n<li>已办</li>\n</ol>\n<p>3. 待办</p>"),
    ("1. 甲村\n2. 乙村\n\n1. 另起的头一条", "<ol>\n<li>甲村</li>\n<li>乙村</li>\n</ol>\n<p>1. 另起的头一条</p>"),
]
# Signs that Markdown would read, but a village does not mean so.
SIGNS = [
    ("#1号楼漏水\n#2号楼停电\n##重点", "<p>#1号楼漏水<br>\n#2号楼停电<br>\n##重点</p>"),
    ("3~5天完成，~~不是~~一周", "<p>3~5天完成，~~不是~~一周</p>"),
    ("电话：+86 13800001111\n+ 补贴50元", "<p>电话：+86 13800001111<br>\n+ 补贴50元</p>"),
    ("今早-5度\n-5度也来了\n-3℃～2℃", "<p>今早-5度<br>\n-5度也来了<br>\n-3℃～2℃</p>"),
    (">50岁的有12人\n>=60岁的5人\n<18岁的没有", "<p>&gt;50岁的有12人<br>\n&gt;=60岁的5人<br>\n&lt;18岁的没有</p>"),
    ("文件名 a_b_c.doc，__init__，_小王_", "<p>文件名 a_b_c.doc，__init__，_小王_</p>"),
    ("138****5678 或 139****1234，密码**88**", "<p>138****5678 或 139****1234，密码<strong>88</strong></p>"),
    ("张*明、李*华，王**明、李**华，赵*", "<p>张*明、李*华，王**明、李**华，赵*</p>"),
    ("长*宽*高：3*5*2，10 * 2 * 3", "<p>长*宽*高：3*5*2，10 * 2 * 3</p>"),
    ("姓名：____ 电话：________\n____\n______", "<p>姓名：____ 电话：________<br>\n____<br>\n______</p>"),
    ("会议纪要\n====\n时间：周一", "<p>会议纪要<br>\n====<br>\n时间：周一</p>"),
    ("AT&T &lt; &nbsp; &#60;", "<p>AT&amp;T &amp;lt; &amp;nbsp; &amp;#60;</p>"),
    (
        "<b>加粗</b>\n<script>alert(1)</script>\n<!-- 注 -->",
        "<p>&lt;b&gt;加粗&lt;/b&gt;<br>\n&lt;script&gt;alert(1)&lt;/script&gt;<br>\n&lt;!-- 注 --&gt;</p>",
    ),
    (
        "参加人：[  ]张 [√]李 (  )王\n[注]: 见附件\n[1]: http://a.example/x",
        '<p>参加人：[  ]张 [√]李 (  )王<br>\n[注]: 见附件<br>\n[1]: <a href="http://a.example/x">http://a.example/x</a></p>',
    ),
    ("今年*必填，带*号的也要填", "<p>今年*必填，带*号的也要填</p>"),
    ("表情^_^ :) T_T =_= @所有人 50% $100", "<p>表情^_^ :) T_T =_= @所有人 50% $100</p>"),
    ("|合计|300元|\n没有表头的不是表", "<p>|合计|300元|<br>\n没有表头的不是表</p>"),
    ("- #1号楼\n- 2023. 春天\n- > 50岁", "<ul>\n<li>#1号楼</li>\n<li>2023. 春天</li>\n<li>&gt; 50岁</li>\n</ul>"),
]
# What those who know Markdown may use. A body's headings rank below the page's own.
MARKDOWN = [
    (
        "# 修路\n正文\n## 资金\n### 来源\n#### 明细\n##### 甲 3#",
        "<h3>修路</h3>\n<p>正文</p>\n<h4>资金</h4>\n<h5>来源</h5>\n<h6>明细</h6>\n<h6>甲 3#</h6>",
    ),
    (
        "请**注意**安全，**积极参与，共同努力**！*可选* **重点：**先修路",
        "<p>请<strong>注意</strong>安全，<strong>积极参与，共同努力</strong>！<em>可选</em> <strong>重点：</strong>先修路</p>",
    ),
    (
        "要点：\n- 修路\n- 打井\n请大家看看",
        "<p>要点：</p>\n<ul>\n<li>修路</li>\n<li>打井</li>\n</ul>\n<p>请大家看看</p>",
    ),
    (
        "* 修路\n  * 路面\n    * 沥青\n* 打井",
        "<ul>\n<li>修路<ul>\n<li>路面<ul>\n<li>沥青</li>\n</ul>\n</li>\n</ul>\n</li>\n<li>打井</li>\n</ul>",
    ),
    (
        "1. 修路\n   长3公里\n2. 打井\n\n   深80米\n\n3. 装灯",
        "<ol>\n<li>修路<br>\n长3公里</li>\n<li>\n<p>打井</p>\n<p>深80米</p>\n</li>\n<li>\n<p>装灯</p>\n</li>\n</ol>",
    ),
    (
        "1. 修路\n- 路面\n- 路肩\n2. 打井",
        '<ol>\n<li>修路</li>\n</ol>\n<ul>\n<li>路面</li>\n<li>路肩</li>\n</ul>\n<ol start="2">\n<li>打井</li>\n</ol>',
    ),
    (
        "> 原话\n> 第二行\n> > 更早的话\n我的回答",
        "<blockquote>\n<p>原话<br>\n第二行</p>\n<blockquote>\n<p>更早的话</p>\n</blockquote>\n</blockquote>\n<p>我的回答</p>",
    ),
    ("上文\n---\n下文\n***\n完", "<p>上文</p>\n<hr>\n<p>下文</p>\n<hr>\n<p>完</p>"),
    ("会议纪要\n----\n时间：周一", "<p>会议纪要</p>\n<hr>\n<p>时间：周一</p>"),
    (
        "| 村 | 亩数 |\n|:---|---:|\n| 柳河 | 2.5 |\n| 杨庄 |",
        "<table>\n<thead>\n<tr>\n<th>村</th>\n<th>亩数</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>柳河</td>\n<td>2.5</td>\n</tr>\n<tr>\n<td>杨庄</td>\n<td></td>\n</tr>\n</tbody>\n</table>",
    ),
    (
        "名单：\n姓名|电话\n---|---\n老李|`138|0`\n完",
        "<p>名单：</p>\n<table>\n<thead>\n<tr>\n<th>姓名</th>\n<th>电话</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>老李</td>\n<td><code>138|0</code></td>\n</tr>\n</tbody>\n</table>\n<p>完</p>",
    ),
    ("用`flask_run`重启，`*不变*`", "<p>用<code>flask_run</code>重启，<code>*不变*</code></p>"),
    ("\\# 不是标题 \\*不斜\\*", "<p># 不是标题 *不斜*</p>"),
]
# Addresses become links; pictures too, as nothing is fetched from other hosts.
LINKS = [
    (
        "见https://a.example/x?a=1&b=2。另见（http://b.example/y），HTTPS://C.EXAMPLE/",
        '<p>见<a href="https://a.example/x?a=1&amp;b=2">https://a.example/x?a=1&amp;b=2</a>。另见（<a href="http://b.example/y">http://b.example/y</a>），<a href="HTTPS://C.EXAMPLE/">HTTPS://C.EXAMPLE/</a></p>',
    ),
    (
        "[官网](https://a.example/x_(1)) [邮箱](mailto:a@b.example) [拨打](tel:12345) [](https://a.example)",
        '<p><a href="https://a.example/x_(1)">官网</a> <a href="mailto:a@b.example">邮箱</a> <a href="tel:12345">拨打</a> <a href="https://a.example">https://a.example</a></p>',
    ),
    ('![现场](https://a.example/p.png) ![本地](p.png "题")', '<p><a href="https://a.example/p.png">现场</a> 本地</p>'),
    (
        "[x](javascript:alert(1)) [x](/threads/1) [x](//a.example) www.a.example",
        "<p>[x](javascript:alert(1)) [x](/threads/1) [x](//a.example) www.a.example</p>",
    ),
    (
        "[**粗** https://b.example](https://a.example)",
        '<p><a href="https://a.example"><strong>粗</strong> https://b.example</a></p>',
    ),
]


@pytest.mark.parametrize(("text", "html"), LINES + NUMBERS + SIGNS + MARKDOWN)
def test_village_text(text: str, html: str) -> None:
    assert render(text).replace(' rel="nofollow ugc noopener"', "") == html


@pytest.mark.parametrize(("text", "html"), LINKS)
def test_links_lend_no_weight_and_no_window(text: str, html: str) -> None:
    assert render(text) == html.replace('">', '" rel="nofollow ugc noopener">')


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t", "\u3000\n", "\x02\x03"])
def test_nothing_comes_of_nothing(text: str) -> None:
    assert render(text) == ""


def test_line_ends_of_all_systems_are_the_same() -> None:
    assert render("甲\r\n乙\r丙\n\r\n丁") == render("甲\n乙\n丙\n\n丁") == "<p>甲<br>\n乙<br>\n丙</p>\n<p>丁</p>"


def test_a_lone_surrogate_is_replaced() -> None:
    assert render("甲\ud83c乙") == "<p>甲\ufffd乙</p>"
