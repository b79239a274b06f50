"""Commands about threads."""

from pathlib import Path

import click
from flask.cli import AppGroup

from forum.threads.importing import Report, import_threads

threads = AppGroup("threads", help="Threads from elsewhere.")


@threads.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path) -> None:
    """Read threads from FILE, one JSON object a line. Can be interrupted and started again: what is there is passed over."""

    def tell(report: Report) -> None:
        click.echo(
            f"\r{report.threads} threads, {report.known} known before, {len(report.bad)} bad", nl=False, err=True
        )

    with file.open(encoding="utf-8", errors="replace") as lines:
        report = import_threads(lines, tell)
    click.echo("", err=True)
    for number, reason in report.bad:
        click.echo(f"line {number}: {reason}", err=True)
    click.echo(
        f"{report.threads} threads with {report.posts} posts imported, {report.known} known before, "
        f"{len(report.bad)} bad lines skipped, {report.unknown_tags} unknown tags skipped"
    )
