#!/usr/bin/env python3
"""Writes rosters as aioxmpp exports them, and reads those that the library exports.

    python3 -m venv .build/aioxmpp
    .build/aioxmpp/bin/pip install -r Tests/Differential/aioxmpp-requirements.txt
    .build/aioxmpp/bin/python Tests/Differential/aioxmpp_roster.py write .build/aioxmpp/rosters.jsonl
    PRESENCEKIT_AIOXMPP_ROSTERS=.build/aioxmpp/rosters.jsonl .ci/test --filter RosterJSONDifferentialTests
    .build/aioxmpp/bin/python Tests/Differential/aioxmpp_roster.py read .build/aioxmpp/rosters.jsonl

`write` gives a RosterClient a result and pushes as a server would, and writes one export on a line; the same seed gives
the same lines. The test reads them, and writes what it exports itself beside them, with `.ours` behind the name: for
each line the same roster, and then rosters of its own. `read` has a RosterClient import those, and demands that it
exports the same values again, and for each line those of the line.
"""
import asyncio
import json
import random
import sys

import aioxmpp
import aioxmpp.roster.xso

ROSTERS = 400
# Of these nodeprep and PRECIS make the same.
LOCALS = "romeo juliet d\\27artagnan user+tag a.b-c_d \u00e9ponine \u5bf6\u7389 \u0448\u0435\u043a\u0441 \ud55c".split()
DOMAINS = "example.org chat.example b\u00fccher.example 192.0.2.1 x".split()
TEXTS = ["a", "B", " ", "10", "9", "\u00e9", "e\u0301", "\u212b", "\u00c5", "\u1e9b\u0323", "\uac00", "\u1100\u1161", "\U0001f600",
         "\U0001f468\u200d\U0001f469", "\ufffd", "\u2028", "\x7f", "\t", "\n", '"', "\\", "/", "</a>", "\u05e9", "\U0010fffd", "\ufb01"]


def empty_client():
    client = aioxmpp.Client(aioxmpp.JID.fromstr("romeo@montague.example"), aioxmpp.make_security_layer("secret"))
    return client.summon(aioxmpp.RosterClient)


def some_text(choice, least):
    return "".join(choice.choice(TEXTS) for _ in range(choice.randint(least, 5)))


def some_item(choice, number):
    local = f"{choice.choice(LOCALS)}{number}" if choice.random() < 0.9 else None
    domain = choice.choice(DOMAINS) if local else f"d{number}.example"
    return aioxmpp.roster.xso.Item(
        aioxmpp.JID(local, domain, None),
        name=some_text(choice, 0) if choice.random() < 0.7 else None,
        groups=[aioxmpp.roster.xso.Group(name=some_text(choice, 1)) for _ in range(choice.randint(0, 4))],
        subscription=choice.choice(["none", "to", "from", "both"]),
        approved=choice.random() < 0.3,
        ask=aioxmpp.roster.xso.Item.ask.default if choice.random() < 0.7 else "subscribe")


async def push(client, query):
    await client.handle_roster_push(aioxmpp.IQ(type_=aioxmpp.IQType.SET, payload=query))


async def some_export(choice):
    client = empty_client()
    count = choice.randint(0, 40)
    versions = ["7", "", "a\tb", "\U0001f600", None]
    for number in range(count):
        await push(client, aioxmpp.roster.xso.Query(items=[some_item(choice, number)], ver="1"))
    for _ in range(choice.randint(0, 10)):
        item = some_item(choice, choice.randint(0, max(count, 1)))
        if choice.random() < 0.3:
            item.subscription = "remove"
        await push(client, aioxmpp.roster.xso.Query(items=[item], ver="2"))
    await push(client, aioxmpp.roster.xso.Query(items=[], ver=choice.choice(versions)))
    return client.export_as_json()


async def write(path):
    choice = random.Random(6121)
    with open(path, "w", encoding="utf-8") as file:
        for number in range(ROSTERS):
            # Escaped, raw, and with white space: one value, three texts.
            text = json.dumps(
                await some_export(choice), ensure_ascii=number % 3 == 0,
                separators=(", ", " :\t") if number % 3 == 1 else None)
            file.write(text + "\n")
    print(f"wrote {ROSTERS} rosters")


def without_duplicates(pairs):
    assert len(dict(pairs)) == len(pairs), "a member is there twice"
    return dict(pairs)


def lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [json.loads(line, object_pairs_hook=without_duplicates) for line in file.read().split("\n")[:-1]]


async def read(path):
    theirs, ours = lines(path), lines(path + ".ours")
    assert len(ours) > len(theirs) == ROSTERS, f"{len(ours)} of ours, {len(theirs)} of theirs"
    entries = 0
    for number, value in enumerate(ours):
        client = empty_client()
        client.import_from_json(value)
        again = client.export_as_json()
        assert again == value, f"line {number + 1}: {value} became {again}"
        if number < len(theirs):
            assert value == theirs[number], f"line {number + 1}: {theirs[number]} became {value}"
        for name, members in client.groups.items():
            assert members and all(name in item.groups for item in members), name
        entries += len(client.items)
    print(f"aioxmpp {aioxmpp.__version__} read {len(ours)} rosters with {entries} entries, and exports the same")


if __name__ == "__main__":
    asyncio.run({"write": write, "read": read}[sys.argv[1]](sys.argv[2]))
