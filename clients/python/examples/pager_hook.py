"""A pager hook: an alert as JSON on stdin, a note for whoever is paged on stdout.

    echo '{"title": "TLS handshake failures on auth-service", "service": "auth-service"}' | python pager_hook.py

`title` is enough; `service` and `text` help. The page never waits for more than three seconds, and never fails over this:
where Relapse does not answer, the note says so and the exit code is 0 all the same.
"""

import argparse
import json
import sys

from relapse import Answer, Incident, Relapse, RelapseError, Verdict

TIMEOUT_SECS = 3.0


def note(answer: Answer) -> str:
    """What fits on a phone at night: the verdict, whether the fix held, and what was done before."""
    lines = [f"{answer.verdict.name}: {answer.headline}"]
    if answer.failure_class and answer.failure_class.fix_summary:
        lines.append(f"Fix: {answer.failure_class.fix_summary}")
    lines += [f'Tried before ({step.incident_id}): "{step.text}"' for step in answer.next_steps]
    if answer.verdict in (Verdict.RECURRENCE, Verdict.SIMILAR):
        best = answer.matches[0]
        lines.append(f"Most alike: {best.title} ({best.incident_id}) {best.url}".rstrip())
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description="Says of an alert whether it was seen before.")
    options.add_argument("--server", default="127.0.0.1:7700", help="where Relapse serves gRPC")
    server: str = options.parse_args().server
    alert = json.load(sys.stdin)
    services = (alert["service"],) if alert.get("service") else ()
    asked = Incident(title=alert["title"], text=alert.get("text", ""), services=services)
    try:
        with Relapse(server, timeout_secs=TIMEOUT_SECS) as relapse:
            print(note(relapse.similar(incident=asked)))
    except RelapseError as error:
        print(f"Relapse did not answer ({error.code}): {alert['title']}")


if __name__ == "__main__":
    main()
