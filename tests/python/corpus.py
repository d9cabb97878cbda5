"""Incidents in the thousands, made up: forty failures that keep coming back, among others that never do.

The same number and seed give the same bytes.
"""
import datetime
import json
import random

SEED = 20261120
BEGIN = datetime.datetime(2023, 1, 1)
DAYS = 1400

SERVICES = ["auth", "basket", "billing", "catalog", "checkout", "ledger", "mailer", "orders", "pricing", "search", "stock",
            "video"]
FAILURES = [
    ("TLS handshake failures", "certificate chain incomplete after renewal", "installed the chain and reloaded the proxies"),
    ("disk full", "log rotation stopped after an upgrade", "deleted old segments and restored the rotation"),
    ("connection pool exhausted", "a long transaction held connections", "killed the transaction and raised the pool size"),
    ("memory leak, pods OOM killed", "an unbounded cache of templates", "restarted the pods and bounded the cache"),
    ("queue backlog rising", "a poison message blocked the consumer", "moved the poison message to the dead letter queue"),
    ("DNS resolution failures", "a resolver was drained with its node", "spread the resolvers over three nodes"),
    ("replication lag", "an index was built on the primary", "paused the index build and let the replica catch up"),
    ("clock skew rejected tokens", "the time daemon had stopped", "restarted the time daemon and resynchronised"),
    ("bad config push", "a timeout in the wrong unit", "rolled the configuration back to the last good one"),
    ("cache stampede", "all keys expired in the same second", "spread the expiry and warmed the cache by hand"),
]
ODDITIES = ["forklift", "badger", "lightning", "printer", "sprinkler", "excavator", "pigeon", "elevator", "freezer", "drone"]
NOUNS = ["turnstile", "antenna", "barcode", "conveyor", "warehouse", "kiosk", "thermostat", "gate", "scale", "scanner"]


def incidents(count):
    """`count` incidents as JSONL, oldest first."""
    draw = random.Random(SEED)
    kinds = [(draw.choice(FAILURES), service) for service in draw.sample(SERVICES * 4, 40)]
    starts = sorted(draw.uniform(0, DAYS) for _ in range(count))
    return "".join(json.dumps(incident(draw, number, start, kinds)) + "\n" for number, start in enumerate(starts))


def incident(draw, number, start, kinds):
    started = BEGIN + datetime.timedelta(days=start)
    minutes = draw.randrange(8, 400)
    comes_back = draw.random() < 0.6
    told = recurring(draw, kinds) if comes_back else one_off(draw, number)
    return {
        "id": f"INC-{number}", "date": stamp(started), "severity": f"SEV-{draw.randrange(1, 5)}",
        "resolved_at": stamp(started + datetime.timedelta(minutes=minutes)), "status": "resolved",
        "team": draw.choice(["edge", "data", "store"]), **told,
        "action_items": [follow_up(draw, started)] if draw.random() < 0.3 else [],
    }


def recurring(draw, kinds):
    (failure, cause, fix), service = draw.choice(kinds)
    return {"title": f"{failure} on {service}-{draw.choice(['api', 'db', 'worker'])}", "services": [service],
            "root_cause": f"On {service} {cause}.", "resolution": f"We {fix}."}


def one_off(draw, number):
    oddity, noun = draw.choice(ODDITIES), draw.choice(NOUNS)
    word = "".join(draw.choices("bcdfghklmnprstvz", k=2)) + "".join(draw.choices("aeiou", k=1)) + str(number)
    return {"title": f"{oddity} damaged the {noun} of {word}", "services": [draw.choice(SERVICES)],
            "root_cause": f"The {oddity} reached the {noun} through {word}.", "resolution": f"The {noun} was replaced."}


def follow_up(draw, started):
    due = started + datetime.timedelta(days=draw.randrange(7, 90))
    state = {"status": "done", "closed_at": stamp(due)} if draw.random() < 0.5 else {"status": "open"}
    action = draw.choice(["Alert on it earlier", "Write a runbook", "Remove the cause for good"])
    return {"priority": f"P{draw.randrange(1, 4)}", "action": action, "owner": draw.choice(["edge", "data", "store"]),
            "due": str(due.date()), **state}


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:00Z")
