#!/usr/bin/env python3
"""Writes a corpus like what a client receives and sends; the same arguments give the same bytes.

presence.xml    a stream of presences: availability with extensions, rooms, departures, subscriptions, errors,
                and several languages; about 330 bytes and 4.6 elements in each
outgoing.tsv    presences to write: id, to, show, status, priority, node and version of the capabilities,
                hash of the photo

Other arguments of larger generators (--roster, --pushes) are accepted and make nothing.
"""
import argparse
import os
import random
from xml.sax.saxutils import escape, quoteattr

ME = "juliet@capulet.example/balcony"
NAMES = ("romeo mercutio benvolio tybalt rosaline nurse paris hamlet ophelia horatio viola orsino portia "
         "antonio prospero miranda ariel macbeth banquo cordelia jürgen françois мария 渚").split()
HOSTS = ("montague.example capulet.example im.example.net chat.denmark.example server-07.internal.example "
         "bücher.example").split()
RESOURCES = "balcony orchard phone laptop Conversations.xQ7b gajim.9T2LMA4P Psi+".split()
WORDS = ("away from keyboard back soon in a meeting until later working at home travelling to the office "
         "please call me on my phone fishing & hiking <afk> \"quoted\" it's fine").split()
LANGUAGES = [("de", "Bin gleich zurück – Mittagessen"), ("fr", "Déjà parti à la gare"), ("ru", "На встрече"),
             ("el", "Επιστρέφω σύντομα"), ("ja", "会議中です。後で連絡します"), ("en", "At lunch 🍜 back at 1 🙂"),
             ("ar", "مشغول الآن"), ("cs", "Příliš žluťoučký kůň")]
NODES = ("https://gajim.example https://conversations.example http://beagle.example/im https://poezio.example "
         "https://profanity.example").split()
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Corpus:
    def __init__(self, seed, count):
        # Only random() and what is built on it here: other methods changed between versions of Python.
        self.random = random.Random(seed).random
        self.people = [self.word(NAMES) + self.token(self.below(6)) + "@" + self.word(HOSTS)
                       for _ in range(max(50, count // 8))]
        self.rooms = [self.word(WORDS[:14]) + str(i) + "@rooms.example.net" for i in range(40)]
        self.capabilities = [(self.word(NODES), self.token(27) + "=") for _ in range(60)]
        self.photos = [self.token(40, "0123456789abcdef") for _ in range(max(20, count // 24))]

    def below(self, end):
        return int(self.random() * end)

    def chance(self, probability):
        return self.random() < probability

    def word(self, words):
        return words[self.below(len(words))]

    def token(self, length, alphabet=ALPHABET):
        return "".join(self.word(alphabet) for _ in range(length))

    def status(self):
        return " ".join(self.word(WORDS) for _ in range(1 + self.below(10)))

    def contact(self):
        return self.word(self.people) + "/" + self.word(RESOURCES) + self.token(self.below(14))

    def stamp(self):
        return "20%02d-%02d-%02dT%02d:%02d:%02dZ" % (
            19 + self.below(7), 1 + self.below(12), 1 + self.below(28), self.below(24), self.below(60), self.below(60))

    # Parts of a presence; each is there with a probability.

    def maybe(self, probability, part):
        return part() if self.chance(probability) else ""

    def show(self):
        return f"<show>{self.word(['away', 'xa', 'dnd', 'chat'])}</show>"

    def status_element(self):
        return f"<status>{escape(self.status())}</status>"

    def priority(self):
        return f"<priority>{self.word([-1, 0, 1, 5, 10, 24, 50, 127])}</priority>"

    def caps(self):
        node, version = self.word(self.capabilities)
        return f"<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='{node}' ver='{version}'/>"

    def photo(self):
        content = f"<photo>{self.word(self.photos)}</photo>" if self.chance(.75) else "<photo/>"
        return f"<x xmlns='vcard-temp:x:update'>{content}</x>"

    def idle(self):
        return f"<idle xmlns='urn:xmpp:idle:1' since='{self.stamp()}'/>"

    def delay(self):
        return f"<delay xmlns='urn:xmpp:delay' from='{self.word(self.people)}' stamp='{self.stamp()}'/>"

    def occupant_id(self):
        return f"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{self.token(27)}='/>"

    def presence(self, sender, body, kind=None, language=None):
        attributes = [("from", sender), ("to", ME)]
        if kind:
            attributes.append(("type", kind))
        if self.chance(.4):
            attributes.append(("id", self.token(6 + self.below(20))))
        if language:
            attributes.append(("xml:lang", language))
        if self.chance(.5):
            attributes.reverse()
        head = "<presence " + " ".join(f"{name}={quoteattr(value)}" for name, value in attributes)
        return f"{head}>{body}</presence>" if body else head + "/>"

    # Kinds of presences.

    def available(self):
        parts = [self.maybe(.55, self.show), self.maybe(.45, self.status_element), self.maybe(.75, self.priority),
                 self.maybe(.9, self.caps), self.maybe(.7, self.photo), self.maybe(.3, self.idle),
                 self.maybe(.3, self.delay), self.maybe(.08, self.occupant_id)]
        separator = "\n  " if self.chance(.05) else ""
        return self.presence(self.contact(), separator.join(parts), language="en" if self.chance(.15) else None)

    def occupant(self):
        is_leaving = self.chance(.2)
        role = "none" if is_leaving else self.word(["participant", "participant", "moderator", "visitor"])
        item = f"<item affiliation='{self.word(['none', 'member', 'admin', 'owner'])}' role='{role}'"
        if self.chance(.55):
            item += f" jid={quoteattr(self.contact())}"
        codes = "".join(f"<status code='{code}'/>" for code in (110, 100, 170) if self.chance(.08))
        body = f"<x xmlns='http://jabber.org/protocol/muc#user'>{item}/>{codes}</x>"
        if not is_leaving:
            body = (self.maybe(.35, self.show) + self.maybe(.25, self.status_element) + self.maybe(.7, self.caps)
                    + self.maybe(.5, self.photo) + body)
        sender = self.word(self.rooms) + "/" + self.word(NAMES).capitalize()
        return self.presence(sender, body + self.maybe(.4, self.occupant_id), "unavailable" if is_leaving else None)

    def unavailable(self):
        body = self.maybe(.35, self.status_element) + self.maybe(.15, self.delay)
        return self.presence(self.contact(), body, "unavailable")

    def subscription(self):
        kind = self.word(["subscribe", "subscribe", "subscribe", "subscribed", "unsubscribe", "unsubscribed"])
        nick = f"<nick xmlns='http://jabber.org/protocol/nick'>{self.word(NAMES)} &amp; co</nick>"
        body = self.maybe(.4, self.status_element) + nick if kind == "subscribe" else ""
        return self.presence(self.word(self.people), body, kind)

    def error(self):
        condition, kind = self.word([("remote-server-not-found", "cancel"), ("remote-server-timeout", "wait"),
                                     ("jid-malformed", "modify"), ("forbidden", "auth"), ("conflict", "cancel")])
        stanzas = "urn:ietf:params:xml:ns:xmpp-stanzas"
        text = f"<text xmlns='{stanzas}' xml:lang='en'>{escape(self.status())}</text>" if self.chance(.5) else ""
        body = f"<error type='{kind}'><{condition} xmlns='{stanzas}'/>{text}</error>"
        if self.chance(.6):
            body = "<x xmlns='http://jabber.org/protocol/muc'/>" + body
        return self.presence(self.contact(), body, "error")

    def multilingual(self):
        start = self.below(len(LANGUAGES))
        body = self.maybe(.6, self.show)
        for language, status in (LANGUAGES + LANGUAGES)[start:start + 2 + self.below(3)]:
            body += f"<status xml:lang='{language}'>{status}</status>"
        if self.chance(.3):
            body += "<ext xmlns='urn:example:refs' v='a&#xA;b&#x1F642;'>&#x41;&amp;<![CDATA[<raw & data>]]></ext>"
        return self.presence(self.contact(), body + self.maybe(.6, self.caps), language="en")

    def stanza(self):
        draw = self.random()
        for share, make in ((.45, self.available), (.2, self.occupant), (.15, self.unavailable),
                            (.1, self.subscription), (.05, self.error)):
            draw -= share
            if draw < 0:
                return make() + ("\n" if self.chance(.02) else "")
        return self.multilingual()

    def outgoing(self):
        status = self.word(LANGUAGES)[1] if self.chance(.15) else self.status()
        show = self.word(["away", "xa", "dnd", "chat", ""])
        priority = str(self.word([-1, 0, 1, 5, 10, 24, 50, 127]))
        return "\t".join([self.token(6 + self.below(20)), self.contact(), show, status, priority,
                          *self.word(self.capabilities), self.word(self.photos)]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="the folder to write to")
    parser.add_argument("--presence", type=int, default=2000, help="how many presences, of either direction")
    parser.add_argument("--seed", type=int, default=1)
    options, _ = parser.parse_known_args()
    os.makedirs(options.out, exist_ok=True)

    corpus = Corpus(options.seed, options.presence)
    stream = ["<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
              "xmlns:stream='http://etherx.jabber.org/streams' from='capulet.example' id='s1' version='1.0' "
              "xml:lang='en'>"]
    stream += [corpus.stanza() for _ in range(options.presence)]
    stream.append("</stream:stream>")
    lines = [corpus.outgoing() for _ in range(options.presence)]
    for name, parts in (("presence.xml", stream), ("outgoing.tsv", lines)):
        with open(os.path.join(options.out, name), "wb") as file:
            file.write("".join(parts).encode())


if __name__ == "__main__":
    main()
