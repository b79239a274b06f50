"""Values that nobody types and that programs stumble over, in addresses and in forms."""

NUMBERS = (
    "-1",
    "9" * 5000,  # more digits than Python turns into an integer
    "2147483648",
    "1e9",
    "²",
)
TEMPLATE = "zq{{7*7}}${7*7}<%= 7*7 %>#{7*7}{% print(7*7) %}qz"
TEXTS = (
    "\x001\x00",
    "\ud8001\udfff",
    "\ufeff\u202e\u2066",
    "字" * 10_000,
    "1' OR '1'='1'; DROP TABLE thread --%' ESCAPE '\\",
    '"title:* AND (body:/.*/ OR NOT *)^2 ~3 [a TO z] { +- && || ! NEAR/3 \\',
    TEMPLATE,
    "//evil.example\r\nSet-Cookie: seat=x",
    "WyJvbGRlciIsIDFlOTk5LCAxXQ",  # cursors: ["older", 1e999, 1] and worse
    "WyJvbGRlciIsIDk5OTk5OTk5OTk5OTk5OTk5OTk5LCAxXQ",
    "WyJvbGRlciIsICIxIiwgbnVsbF0",
    "W1tbW1tbW1tbW1tbW1tbW1tb" * 8,
    "99999-02-30%(x)s {0}/../../etc/passwd",
)
VALUES = (*NUMBERS, *TEXTS)
