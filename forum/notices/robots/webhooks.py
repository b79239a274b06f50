"""Handing one message to a robot. Both kinds take a JSON text by POST and answer with an ``errcode``.

The address is made here, from a known host and the robot's key: nothing that somebody typed decides who is spoken to.
"""

import base64
import hashlib
import hmac
import json
import re
from enum import StrEnum
from urllib.parse import urlencode, urlsplit

import urllib3
from flask import current_app

from forum.clock import utcnow
from forum.notices.robots.models import RobotKind

HOSTS = {RobotKind.WECOM: "https://qyapi.weixin.qq.com", RobotKind.DINGTALK: "https://oapi.dingtalk.com"}
PATHS = {RobotKind.WECOM: ("/cgi-bin/webhook/send", "key"), RobotKind.DINGTALK: ("/robot/send", "access_token")}
TOO_OFTEN = {45009, 130101, 410100}
BAD_KEY = {93000, 300001, 300005, 310000, 400013, 400102}
LONGEST_BYTES = 2000  # WeCom takes 2048
LONGEST_ANSWER = 4096

_http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=3, read=5))


class Result(StrEnum):
    """How handing a message over ended."""

    TAKEN = "taken"
    TOO_OFTEN = "too_often"
    BAD_KEY = "bad_key"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"  # it was handed over, and no answer came


def read_address(kind: RobotKind, typed: str) -> str:
    """The key in an address as the chat shows it. Raises ValueError when it is no such address."""
    path, name = PATHS[kind]
    parts = urlsplit(typed.strip())
    host = urlsplit(HOSTS[kind]).netloc
    found = re.fullmatch(rf"{name}=([A-Za-z0-9_-]{{16,128}})", parts.query)
    if (parts.scheme, parts.netloc, parts.path, parts.fragment) != ("https", host, path, "") or not found:
        raise ValueError("no address of such a robot")
    return found[1]


def hand_over(kind: RobotKind, key: str, secret: str, text: str) -> Result:
    """Send a text to a robot and say how it ended. Nothing here may be logged: the address holds the key."""
    body = json.dumps({"msgtype": "text", "text": {"content": _cut(text)}}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        answer = _http.request(
            "POST", _url(kind, key, secret), body=body, headers=headers, redirect=False, preload_content=False
        )
        try:
            content = answer.read(LONGEST_ANSWER)
        finally:
            answer.close()
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.SSLError):
        return Result.UNREACHABLE
    except (urllib3.exceptions.HTTPError, OSError):
        return Result.UNKNOWN
    return _understood(answer.status, content)


def _understood(status: int, content: bytes) -> Result:
    if status == 429:
        return Result.TOO_OFTEN
    if status != 200:
        return Result.REFUSED
    try:
        code = json.loads(content)["errcode"]
    except (ValueError, KeyError, TypeError):
        return Result.REFUSED
    if code == 0:
        return Result.TAKEN
    return Result.TOO_OFTEN if code in TOO_OFTEN else Result.BAD_KEY if code in BAD_KEY else Result.REFUSED


def _url(kind: RobotKind, key: str, secret: str) -> str:
    host = current_app.config.get("ROBOT_HOSTS", HOSTS)[kind]
    path, name = PATHS[kind]
    query = {name: key}
    if secret:
        stamp = str(int(utcnow().timestamp() * 1000))
        mac = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
        query |= {"timestamp": stamp, "sign": base64.b64encode(mac.digest()).decode()}
    return f"{host}{path}?{urlencode(query)}"


def _cut(text: str) -> str:
    return text.encode()[:LONGEST_BYTES].decode(errors="ignore")
