#!/usr/bin/env python3
"""A user of slixmpp; see peer.py for what it understands."""
import asyncio
import ssl

import slixmpp

from peer import SUBSCRIPTIONS, serve, tell


class Peer:
    def __init__(self):
        self.client = None
        self.roster = {}

    async def connect(self, jid, password, host, port, authority, automatic=False):
        client = slixmpp.ClientXMPP(jid, password)
        client.ssl_context = ssl.create_default_context(cafile=authority)
        client.enable_direct_tls = False
        client.enable_plaintext = False
        # None leaves requests to the test; True accepts and asks back.
        client.auto_authorize = True if automatic else None
        client.auto_subscribe = automatic
        client.add_filter("in", self.received)
        client.add_filter("out", self.sending)
        client.add_event_handler("roster_update", lambda _: self.tell_roster())
        client.add_event_handler("failed_auth", lambda error: tell("failed", why=str(error)))
        online = asyncio.Event()
        client.add_event_handler("session_start", lambda _: online.set())
        self.client = client
        client.connect(host, port)
        await asyncio.wait_for(online.wait(), 15)
        await client.get_roster()
        self.tell_roster()
        client.send_presence()
        tell("online", jid=str(client.boundjid))

    def received(self, stanza):
        if isinstance(stanza, slixmpp.Presence):
            kind = stanza.xml.get("type", "available")
            values = {name: stanza.xml.findtext(f"{{jabber:client}}{name}") for name in ("show", "status", "priority")}
            tell("presence", **{"type": kind, "from": str(stanza["from"]), **values})
        return stanza

    def sending(self, stanza):
        if isinstance(stanza, slixmpp.Presence) and stanza.xml.get("type") in SUBSCRIPTIONS:
            tell("sent", type=stanza.xml.get("type"), to=str(stanza["to"]))
        return stanza

    def tell_roster(self):
        node = self.client.client_roster
        # An entry that is no more stays in slixmpp's roster, as one of no subscription; the push says which.
        entries = {jid: {"name": node[jid]["name"], "groups": sorted(node[jid]["groups"]),
                         "subscription": node[jid]["subscription"], "ask": bool(node[jid]["pending_out"])}
                   for jid in list(node) if jid != self.client.boundjid.bare}
        for jid, entry in entries.items():
            if self.roster.get(jid) != entry:
                tell("item", jid=jid, **entry)
        for jid in self.roster.keys() - entries.keys():
            tell("removed", jid=jid)
        self.roster = entries

    async def presence(self, to=None, kind=None, show=None, status=None, priority=None):
        self.client.send_presence(pto=to, ptype=kind, pshow=show, pstatus=status, ppriority=priority)

    async def subscription(self, jid, kind):
        self.client.send_presence_subscription(pto=jid, ptype=kind)

    async def set(self, jid, name=None, groups=()):
        await self.client.update_roster(jid, name=name, groups=list(groups))

    async def remove(self, jid):
        await self.client.del_roster_item(jid)

    async def close(self):
        await self.client.disconnect(wait=1)


async def main():
    await serve(Peer)


asyncio.run(main())
