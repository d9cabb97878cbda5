"""A chatbot: one message per line on stdin, one reply for each on stdout. What carries the lines is up to the chat.

    similar TLS handshake failures on auth-service
    class FC-5
    report 30
    useful QUERY_ID INCIDENT_ID yes

Try it in a terminal, or hand `reply` the messages of a chat. Texts of incidents are quoted as they are: escape the reply
for the chat it goes to.
"""

import argparse
import sys
from datetime import datetime, timedelta, timezone

from relapse import Relapse, RelapseError, ReportScope

HELP = "say: similar TEXT, class ID, report DAYS, or useful QUERY_ID INCIDENT_ID yes|no"


def reply(relapse: Relapse, message: str, who: str) -> str:
    """The answer to one message of `who`."""
    command, _, rest = message.strip().partition(" ")
    words = rest.split()
    try:
        if command == "similar" and words:
            return similar(relapse, rest)
        if command == "class" and len(words) == 1:
            return failure_class(relapse, words[0])
        if command == "report" and len(words) == 1 and words[0].isdigit():
            return report(relapse, int(words[0]))
        if command == "useful" and len(words) == 3 and words[2] in ("yes", "no"):
            relapse.rate(words[0], words[1], words[2] == "yes", who=who)
            return f"noted: {words[1]} was {'the same' if words[2] == 'yes' else 'not the same'} failure"
    except RelapseError as error:
        return f"that did not work: {error}"
    return HELP


def similar(relapse: Relapse, text: str) -> str:
    answer = relapse.similar(text, k=3)
    lines = [f"{answer.verdict.name}: {answer.headline}"]
    for match in answer.matches:
        day = f"{match.started_at:%Y-%m-%d}" if match.started_at else "undated"
        lines.append(f"- {match.title} ({match.incident_id}, {day}) {match.url}".rstrip())
    lines += [f'Done before: "{step.text}"' for step in answer.next_steps[:1]]
    if answer.matches:
        lines.append(f"Right or wrong? useful {answer.query_id} {answer.matches[0].incident_id} yes|no")
    return "\n".join(lines)


def failure_class(relapse: Relapse, class_id: str) -> str:
    found = relapse.failure_class(class_id)
    known = found.failure_class
    lines = [f"{known.id}: {known.name}, {known.occurrences.total} times, {known.occurrences.in_90d} in 90 d"]
    lines += [f"Fix: {known.fix_summary}"] if known.fix_summary else []
    lines += [f"- {member.title} ({member.id}) {member.url}".rstrip() for member in found.members[-3:]]
    return "\n".join(lines)


def report(relapse: Relapse, days: int) -> str:
    since = datetime.now(timezone.utc) - timedelta(days=days)
    return "\n".join(relapse.report(ReportScope(since=since)).report.summary)


def main() -> None:
    options = argparse.ArgumentParser(description="Answers messages about incidents, one a line.")
    options.add_argument("--server", default="127.0.0.1:7700", help="where Relapse serves gRPC")
    with Relapse(options.parse_args().server) as relapse:
        for line in sys.stdin:
            print(reply(relapse, line, who="chat"), flush=True)


if __name__ == "__main__":
    main()
