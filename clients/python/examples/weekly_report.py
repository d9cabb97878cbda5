"""A weekly job: what came back in the last seven days, as a Markdown file to post or to mail.

    python weekly_report.py --out this-week.md                       # as of today
    python weekly_report.py --until 2026-11-20 --days 90 --out q.md

The summary goes to stdout. The exit code is 1 where a failure came back in spite of a fix, so that the job can raise it.
"""

import argparse
import pathlib
import sys
from datetime import date, datetime, timedelta, timezone

from relapse import Relapse, RelapseError, ReportScope


def main() -> int:
    options = argparse.ArgumentParser(description="Writes the recurrence report of the last days.")
    options.add_argument("--server", default="127.0.0.1:7700", help="where Relapse serves gRPC")
    options.add_argument("--until", type=date.fromisoformat, help="the last day, YYYY-MM-DD [default: today, UTC]")
    options.add_argument("--days", type=int, default=7, help="how many days it covers [default: 7]")
    options.add_argument("--team", action="append", default=[], help="only incidents of this team")
    options.add_argument("--patience", type=float, default=60, help="seconds to wait for a server that is away [default: 60]")
    options.add_argument("--out", type=pathlib.Path, help="the file to write")
    given = options.parse_args()
    until = given.until or datetime.now(timezone.utc).date()
    scope = ReportScope(since=until - timedelta(days=given.days - 1), until=until, teams=tuple(given.team))
    try:
        with Relapse(given.server) as relapse:
            written = relapse.report(scope, format="markdown", timeout_secs=given.patience)
    except RelapseError as error:
        print(f"no report: {error}", file=sys.stderr)
        return 2
    if given.out:
        given.out.write_text(written.content, encoding="utf-8")
    print("\n".join(written.report.summary))
    return 1 if written.report.came_back else 0


if __name__ == "__main__":
    sys.exit(main())
