"""Which passwords are refused, and what is said about them."""

from itertools import product

import pytest

from forum.accounts.password_rules import problem_with

COMMON = [
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "11111111",
    "00000000",
    "88888888",
    "11223344",
    "12341234",
    "123123123",
    "147258369",
    "13579246",
    "88886666",
    "52013145",
    "password",
    "password1",
    "Password123",
    "password!",
    "P@ssw0rd",
    "P@ssw0rd2024!",
    "passw0rd1",
    "pass1234",
    "admin888",
    "admin123456",
    "Admin@123",
    "Test@1234",
    "root1234",
    "qwerty123",
    "qwertyuiop",
    "1qaz2wsx",
    "1qaz@WSX",
    "q1w2e3r4t5",
    "zxcvbnm123",
    "asdfghjkl",
    "asd123456",
    "1q2w3e4r5t",
    "qweasdzxc",
    "qazwsx123",
    "asdf1234",
    "qwer1234",
    "iloveyou",
    "welcome1",
    "letmein1",
    "dragon12",
    "sunshine1",
    "princess1",
    "football1",
    "monkey123",
    "superman1",
    "abc12345",
    "abc@12345",
    "abcd1234",
    "abcdefgh",
    "a1b2c3d4",
    "woaini1314",
    "woaini520",
    "woaini123",
    "woaizhongguo",
    "zhongguo2024",
    "5201314a",
    "5201314520",
    "1314520a",
    "laopo520",
    "laogong520",
    "baobao123",
    "mima1234",
    "wangjile123",
    "xiaoming123",
    "nihao123",
    "a123456789",
    "aa123456",
    "Aa123456!",
    "qq123456",
    "666666aa",
    "111111aa",
    "huawei123",
    "xiaomi888",
    "taobao123",
    "zhangwei123",
    "wangfang88",
    "liming1985",
    "wang19850312",
    "zhang888888",
    "liuyang123",
    "lihua1990",
    "19900101",
    "1990-01-01",
    "1990年1月1日",
    "dangyuan1921",
    "我爱你我爱你",
    "我爱你1314520",
    "书记12345678",
    "村书记2024",
    "村委会888888",
    "我的密码123",
    "一二三四五六七八",
    "共产党1921年",
    "党支部书记2024",
    "中国人民12345",
    "abcabcabc",
    "12121212",
]

FINE = [
    "三棵槐树两口老井",
    "东沟捞鱼西坡放羊",
    "二十四亩苞谷地头",
    "tudou-fanqie-72",
    "lao-huai-shu-4",
    "k7Hq2mZp",
    "vT9#xq2L",
    "Ganlu7Bodeng",
    "correcthorsebattery",
    "maizi.shu.le.gua",
    "mountainriver8",
    "9284610573",
    "zhang8347k2",
    "🌾🌽🥔🍠🐄🐖🐑🐓",
]

NAMES = ["柳大山", "前柳村", "柳林镇", "清河区"]


@pytest.mark.parametrize("password", COMMON)
def test_common_passwords_are_refused(password: str) -> None:
    problem = str(problem_with(password))
    assert "太常见" in problem or "太短" in problem


def test_most_habits_are_refused_though_no_list_names_them() -> None:
    """Names and pet words with the usual tails: three thousand that real lists are full of."""
    heads = [
        "wang",
        "zhang",
        "liu",
        "chen",
        "yang",
        "huang",
        "zhao",
        "woaini",
        "laopo",
        "baobao",
        "xiaoming",
        "lihua",
        "zhangwei",
        "tiantian",
        "password",
        "admin",
        "qwerty",
        "test",
    ]
    heads += [
        "dragon",
        "sunshine",
        "hello",
        "love",
        "abc",
        "qaz",
        "a",
        "aa",
        "zx",
        "lei",
        "ming",
        "feng",
        "long",
        "hu",
        "shuji",
        "cunzhang",
        "zhongguo",
        "shanghai",
    ]
    tails = [
        "123",
        "1234",
        "12345",
        "123456",
        "1234567",
        "123456789",
        "520",
        "1314",
        "5201314",
        "521",
        "888",
        "666",
        "168",
        "000000",
        "111111",
        "888888",
    ]
    tails += [str(year) for year in range(1950, 2030)]
    every = [h + sign + t for h, t, sign in product(heads, tails, ("", "@", "_"))]
    every = [password for password in every if len(password) >= 8]
    assert len(every) > 3000
    assert [password for password in every if problem_with(password) is None] == []


@pytest.mark.parametrize("password", FINE)
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    assert problem_with(password, "13812345678", NAMES) is None


@pytest.mark.parametrize("password", ["x", "", "1234567", "Kz8!qW2", "七个字也不够长"])
def test_eight_characters_at_least(password: str) -> None:
    assert str(problem_with(password)) == "密码太短了，至少要 8 个字符。"


@pytest.mark.parametrize(("length", "refused"), [(64, False), (128, False), (129, True)])
def test_long_ones_are_welcome(length: int, refused: bool) -> None:
    password = ("tudou-fanqie-yumi-huasheng." * 5)[:length]
    assert (problem_with(password) is not None) is refused


@pytest.mark.parametrize(
    "password",
    [
        "13812345678",
        "a13812345678",
        "12345678138",
        "38123456",
        "柳大山柳大山",
        "柳大山19750801",
        "前柳村柳大山",
        "前柳7788村书记",
        "柳林镇前柳村1",
        "清河区柳林镇前柳村柳大山",
    ],
)
def test_ones_own_name_village_and_number_are_refused(password: str) -> None:
    problem = str(problem_with(password, "13812345678", NAMES))
    assert "您的名字、村名或手机号" in problem or "太常见" in problem or "太短" in problem


def test_what_is_somebodys_own_is_only_his() -> None:
    assert problem_with("柳大山在槐树底下", None, ["杨来福"]) is None
    assert problem_with("13987604215", "13987604215") is not None
    assert problem_with("13987604215", "13612345678") is None


def test_a_long_password_is_judged_at_once() -> None:
    for password in ("a" * 128, "ab" * 64, "\U0001f33e" * 128, "1a" * 64):
        assert problem_with(password) is not None
