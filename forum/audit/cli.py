"""``flask audit``: is the trail as it was written?"""

import re

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from forum.audit.chain import Fault, Head, Wrong, first_fault, head
from forum.extensions import reading

_HEAD = re.compile(r"([0-9]{1,10}):([0-9a-f]{64})")


class HeadType(click.ParamType):
    """A head of the chain as it is printed: ``120:9f3c…``."""

    name = "ID:DIGEST"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        """Read it; what was torn while copying is refused."""
        if isinstance(value, Head):
            return value
        if match := _HEAD.fullmatch(str(value).strip()):
            return Head(int(match[1]), match[2])
        self.fail(_("要写成 序号:校验码，校验码是 64 位小写十六进制。"), param, ctx)


@click.group("audit")
def audit() -> None:
    """The trail of deeds: what it ends with, and whether it is whole."""


@audit.command("head")
@with_appcontext
def head_command() -> None:
    """Print the last place of the chain; kept elsewhere, it shows later whether anything was cut off."""
    with reading():
        click.echo(str(head()))


@audit.command("verify")
@click.option(
    "--head", "heads", type=HeadType(), multiple=True, help="A head that was kept; may be given several times."
)
@with_appcontext
def verify_command(heads: tuple[Head, ...]) -> None:
    """Walk along the chain and name the first row that is not as it was written."""
    with reading():  # a long walk, during which others go on writing
        sound, fault = first_fault(heads)
        end = head()
    if fault is not None:
        raise click.ClickException(_("前 %(num)s 条完好。%(fault)s", num=sound, fault=_told(fault)))
    click.echo(_("%(num)s 条记录都完好。", num=sound))
    click.echo(str(end))


def _told(fault: Fault) -> str:
    sayings = {
        Wrong.CHANGED: _("第 %(place)s 条（audit_entry %(id)s）被改过、换过位置，或者它前面插过东西。"),
        Wrong.ABSENT: _("第 %(place)s 条（audit_entry %(id)s）不见了。"),
        Wrong.CUT: _("从第 %(place)s 条起，后面的被截掉了：留存的链头还在更后面。"),
        Wrong.REMADE: _("到第 %(place)s 条（audit_entry %(id)s），链和留存的链头对不上：整条链被重做过。"),
        Wrong.UNSEALED: _("audit_entry %(id)s 没有进链，是绕过程序写进去的。"),
    }
    return sayings[fault.wrong] % {"place": fault.place, "id": fault.entry_id or "?"}
