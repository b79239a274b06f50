"""Why a file is not taken, in words for whoever sent it."""

from typing import Any

from flask_babel import lazy_gettext as _l


class Refused(Exception):
    """A file that is not taken; ``message`` says to the sender what he can do."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


class DocumentRefused(Refused):
    """An office file that others could not open, or had better not."""


BROKEN = _l("没有传完整，或者已经损坏。请重新选一次；还不行，就打开它，另存一份再传。")
LOCKED = _l("加了密码或者限制，别人打不开。请取消密码，另存一份再传。")
