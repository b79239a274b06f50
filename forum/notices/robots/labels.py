"""How kinds, what is heard and what went wrong are named."""

from flask_babel import lazy_gettext as _l

from forum.notices.robots.models import Hears, RobotKind
from forum.notices.robots.webhooks import Result

KIND_LABELS = {RobotKind.WECOM: _l("企业微信"), RobotKind.DINGTALK: _l("钉钉")}
HEARS_LABELS = {
    Hears.MEETINGS: _l("论坛定了、改了、取消了"),
    Hears.UNANSWERED: _l("提问三天没人答"),
    Hears.CARDS: _l("新的经验卡发布了"),
    Hears.LEARNING: _l("外出学习、专家授课定了、改了、取消了"),
}
FAILURE_LABELS = {
    Result.TOO_OFTEN: _l("发得太密，平台让等一会儿，过后自动再发。"),
    Result.BAD_KEY: _l("平台不认这个地址或密钥：机器人可能删了，请移除后重新添加。"),
    Result.REFUSED: _l("平台没有收下，过后自动再发。"),
    Result.UNREACHABLE: _l("连不上平台，过后自动再发。"),
    Result.UNKNOWN: _l("发了，平台没有回音，不知道群里收到没有。怕重复，不再发。"),
}
