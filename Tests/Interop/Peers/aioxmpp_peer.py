#!/usr/bin/env python3
"""A user of aioxmpp; see peer.py for what it understands."""
import asyncio

import OpenSSL.SSL
import aioxmpp
import aioxmpp.connector
import aioxmpp.security_layer

from peer import SUBSCRIPTIONS, serve, tell

SHOWS = {show.value: show for show in aioxmpp.PresenceShow}


class Peer:
    def __init__(self):
        self.client = None
        self.presence_server = None
        self.roster = None
        self.automatic = False

    async def connect(self, jid, password, host, port, authority, automatic=False):
        def context():
            made = OpenSSL.SSL.Context(OpenSSL.SSL.TLS_METHOD)
            made.set_verify(OpenSSL.SSL.VERIFY_PEER, aioxmpp.security_layer.default_verify_callback)
            made.load_verify_locations(authority)
            return made

        self.automatic = automatic
        client = aioxmpp.Client(
            aioxmpp.JID.fromstr(jid), aioxmpp.make_security_layer(password, ssl_context_factory=context),
            override_peer=[(host, port, aioxmpp.connector.STARTTLSConnector())], max_initial_attempts=1)
        self.client = client
        self.roster = client.summon(aioxmpp.RosterClient)
        self.presence_server = client.summon(aioxmpp.PresenceServer)
        client.stream.app_inbound_presence_filter.register(self.received, 1)
        client.stream.app_outbound_presence_filter.register(self.sending, 1)
        self.follow_roster()
        client.on_failure.connect(self.failed)
        online = asyncio.Event()
        client.on_stream_established.connect(lambda: online.set() and None)
        self.presence_server.set_presence(aioxmpp.PresenceState(True))
        client.start()
        await asyncio.wait_for(online.wait(), 15)
        tell("online", jid=str(client.local_jid))

    def failed(self, error):
        tell("failed", why=repr(error))

    def received(self, stanza):
        show = stanza.show.value if stanza.type_ == aioxmpp.PresenceType.AVAILABLE else None
        values = {"show": show, "status": stanza.status.any() if stanza.status else None,
                  "priority": str(stanza.priority)}
        tell("presence", **{"type": stanza.type_.value or "available", "from": str(stanza.from_), **values})
        return stanza

    def sending(self, stanza):
        if stanza.type_.value in SUBSCRIPTIONS:
            tell("sent", type=stanza.type_.value, to=str(stanza.to))
        return stanza

    def follow_roster(self):
        roster = self.roster
        roster.on_entry_added.connect(self.changed)
        roster.on_entry_name_changed.connect(self.changed)
        roster.on_entry_subscription_state_changed.connect(self.changed)
        roster.on_entry_added_to_group.connect(lambda item, _: self.changed(item))
        roster.on_entry_removed_from_group.connect(lambda item, _: self.changed(item))
        roster.on_entry_removed.connect(self.removed)
        roster.on_subscribe.connect(self.asked)

    def changed(self, item):
        tell("item", jid=str(item.jid), name=item.name, groups=sorted(item.groups),
             subscription=item.subscription, ask=item.ask == "subscribe")

    def removed(self, item):
        tell("removed", jid=str(item.jid))

    def asked(self, stanza):
        # As its documentation has it for a bot: accept, and ask in turn whom one does not see.
        if not self.automatic:
            return
        contact = stanza.from_.bare()
        self.roster.approve(contact)
        item = self.roster.items.get(contact)
        if item is None or item.subscription not in ("to", "both"):
            self.roster.subscribe(contact)

    async def presence(self, to=None, kind=None, show=None, status=None, priority=None):
        # Its PresenceServer has no word for priority.
        stanza = aioxmpp.Presence(
            type_=aioxmpp.PresenceType(kind), show=SHOWS[show], to=aioxmpp.JID.fromstr(to) if to else None)
        if status:
            stanza.status[None] = status
        stanza.priority = priority or 0
        await self.client.send(stanza)

    async def subscription(self, jid, kind):
        contact = aioxmpp.JID.fromstr(jid)
        if kind == "subscribe":
            self.roster.subscribe(contact)
        elif kind == "subscribed":
            self.roster.approve(contact)
        elif kind == "unsubscribe":
            self.roster.unsubscribe(contact)
        else:
            await self.client.send(aioxmpp.Presence(type_=aioxmpp.PresenceType.UNSUBSCRIBED, to=contact))

    async def set(self, jid, name=None, groups=()):
        contact = aioxmpp.JID.fromstr(jid)
        item = self.roster.items.get(contact)
        left = set(item.groups if item else ()) - set(groups)
        await self.roster.set_entry(contact, name=name, add_to_groups=set(groups), remove_from_groups=left)

    async def remove(self, jid):
        await self.roster.remove_entry(aioxmpp.JID.fromstr(jid))

    async def close(self):
        stopped = asyncio.Event()
        self.client.on_stopped.connect(lambda: stopped.set() and None)
        self.client.stop()
        await asyncio.wait_for(stopped.wait(), 5)


async def main():
    await serve(Peer)


asyncio.run(main())
