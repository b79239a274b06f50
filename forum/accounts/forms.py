"""What people type to get in and to change how they get in.

These are no writing forms: each is idempotent by nature (a second sending finds the password, number or session as the first left it),
and the digest of a one-time token must not be taken of a password.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, ValidationError
from wtforms.validators import DataRequired, EqualTo, Length

from forum.accounts.password_rules import LONGEST, SHORTEST, problem_with
from forum.forms import LineField
from forum.units.phones import parse_phone

WRONG = _l("手机号或密码不对，请再试一次。第一次来请用激活条；忘了密码请找组织员重开一张。")
WRONG_OLD = _l("现在的密码不对，请再试一次。")
SHARED = _l("这是公用电脑（关掉浏览器就退出）")


class PhoneField(LineField):
    """A mobile number, however it is typed; ``number`` holds its 11 digits once the form is valid."""

    number = ""

    def pre_validate(self, form: FlaskForm) -> None:
        """Read the number; raises ValidationError with what is wrong."""
        try:
            self.number = parse_phone(self.data) if self.data else ""
        except ValueError as error:
            raise ValidationError(error.args[0]) from None


class SignInForm(FlaskForm):
    """Phone number and password; ``carried`` holds what a lost session was about to send."""

    phone = PhoneField(_l("手机号"), [DataRequired(_l("请填手机号。"))])
    password = PasswordField(_l("密码"), [DataRequired(_l("请填密码。")), Length(max=LONGEST, message=WRONG)])
    shared_computer = BooleanField(SHARED)
    next = HiddenField()
    carried = HiddenField()


class CodeForm(FlaskForm):
    """The code of an activation slip, typed by hand."""

    code = LineField(_l("激活码"), [DataRequired(_l("请填激活条上的 12 位激活码。"))])


class _NewPasswordForm(FlaskForm):
    password = PasswordField(
        _l("新密码"),
        [DataRequired(_l("请设一个密码。"))],
        description=_l("至少 %(n)s 个字符，汉字、字母、数字都行。几个不相干的词连起来，又长又好记。", n=SHORTEST),
    )
    again = PasswordField(
        _l("再输一遍新密码"),
        [DataRequired(_l("请把新密码再输一遍。")), EqualTo("password", _l("两遍密码不一样，请再输一遍。"))],
    )

    def __init__(self, *args: Any, phone: str | None = None, names: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phone_number, self.names = phone, names

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is soon guessed, with the reason."""
        if problem := problem_with(field.data or "", self.phone_number, self.names):
            raise ValidationError(problem)


class ActivationForm(_NewPasswordForm):
    """The first password, or a new one for a lost one, by a slip."""

    agreed = BooleanField(_l("我看过隐私说明，同意"), [DataRequired(_l("请先看隐私说明，同意后打勾。"))])
    shared_computer = BooleanField(SHARED)


class ChangePasswordForm(_NewPasswordForm):
    """A new password for whoever knows the old one."""

    old = PasswordField(
        _l("现在的密码"), [DataRequired(_l("请填现在的密码。")), Length(max=LONGEST, message=WRONG_OLD)]
    )


class ChangePhoneForm(FlaskForm):
    """Another phone number to sign in with."""

    phone = PhoneField(_l("新手机号"), [DataRequired(_l("请填新手机号。"))])
    password = PasswordField(_l("密码"), [DataRequired(_l("请填密码。")), Length(max=LONGEST, message=WRONG_OLD)])


class EmptyForm(FlaskForm):
    """A form of one button: only its CSRF token counts."""
