"""What the drivers of other libraries have in common: lines of JSON in, lines of JSON out.

A line in is a call, `{"do": "subscribe", "jid": "romeo@montague.example"}`: the method of that name is called with the
other values. A line out is what happened, `{"event": "presence", "type": "subscribe", "from": ...}`:

    online      jid                     a session began
    failed      why                     there will be none, or a call failed
    presence    type from show status priority      a presence stanza arrived
    sent        type to                 a subscription stanza was sent, by a call or by the library itself
    item        jid name groups subscription ask    an entry of the roster is so now
    removed     jid                     an entry is no more
    done        call                    a call was carried out
"""
import asyncio
import json
import sys

SUBSCRIPTIONS = {"subscribe", "subscribed", "unsubscribe", "unsubscribed"}


def tell(event, **values):
    print(json.dumps({"event": event, **values}, ensure_ascii=False), flush=True)


async def lines():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


async def serve(make_peer):
    """Makes the calls that come in, one after the other, until the end of the input.

    `connect` makes another user, as starting Python and a library takes longer than a test.
    """
    peer = None
    async for call in lines():
        name = call.pop("do")
        if name == "connect":
            peer = make_peer()
        try:
            await getattr(peer, name)(**call)
            tell("done", call=name)
        except Exception as error:  # Whatever a library throws is for the test to see.
            tell("failed", why=f"{name}: {error!r}")
