"""Follows docs/integrations.md: runs its commands in order, and looks for the output it shows.

integrations_check.py BINARY
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

BINARY = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
PORTS = ["7700", "7701", "9093", "9099"]
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(page):
    """Each block of commands, and the output shown below it."""
    found = []
    for kind, content in BLOCK.findall(page):
        if kind == "sh":
            found.append((content, ""))
        else:
            found[-1] = (found[-1][0], content)
    return found


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [str(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def masked(text):
    """Without what depends on the day: figures, and how many blanks a table has."""
    return re.sub(r"\s+", " ", re.sub(r"\d+", "N", text)).strip()


def script(page, mark):
    """The commands as one script that stops at the first that fails; the build is left out, the binary is there."""
    build, *rest = steps(page)
    assert "cargo build" in build[0], "the first block builds"
    lines = ["set -eu -o pipefail"]
    for number, (commands, _) in enumerate(rest, 1):
        lines += [f"printf '\\n{mark} {number}\\n'", commands]
    return "\n".join(lines), rest


def main():
    page = (ROOT / "docs/integrations.md").read_text()
    free = dict(zip(PORTS, free_ports(len(PORTS))))
    for port, free_port in free.items():
        page = re.sub(rf"\b{port}\b", free_port, page)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="relapse-integrations-"))
    shutil.copytree(ROOT / "examples/incidents", folder / "history")
    commands, shown = script(page, mark := "== step")
    environment = {**os.environ, "PATH": f"{BINARY.parent}:{os.environ['PATH']}",
                   "RELAPSE_GRPC": f"127.0.0.1:{free['7700']}", "RELAPSE_HTTP": f"127.0.0.1:{free['7701']}"}
    # A session of its own, so that what a failed step leaves running can be ended.
    run = subprocess.Popen(["bash", "-c", commands], cwd=folder, env=environment, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, start_new_session=True)
    output, _ = run.communicate(timeout=300)
    parts = re.split(rf"^{mark} \d+\n", output, flags=re.MULTILINE)[1:]
    problems = [] if run.returncode == 0 else [f"step {len(parts)} of {len(shown)} failed"]
    for number, ((_, expected), part) in enumerate(zip(shown, parts), 1):
        told = masked(part)
        problems += [f"step {number}: not in its output: {line}" for line in expected.splitlines() if masked(line) not in told]
    if problems:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGTERM)
        print(output, *[log.read_text() for log in folder.glob("*.log")], *problems, sep="\n", file=sys.stderr)
        sys.exit(1)
    shutil.rmtree(folder)
    print(f"{len(shown)} steps of docs/integrations.md, as it says")


if __name__ == "__main__":
    main()
