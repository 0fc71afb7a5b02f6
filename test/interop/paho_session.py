"""Paho's Python client through a session's life: paho_session.py PORT 3|4|5 QOS [COUNT] prints the payloads that it got, in order.

Subscribes with a session that stays, leaves; a second client publishes; comes back and gets what waited, and one more.
"""
import json
import queue
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

TIMEOUT = 10
PORT, VERSION, QOS = (int(argument) for argument in sys.argv[1:4])
COUNT = int(sys.argv[4]) if len(sys.argv) > 4 else 60
TOPIC = f"paho/session/{VERSION}/{QOS}"


class Connection:
    """A client that waits for what it asks."""

    def __init__(self, identifier, stays):
        clean = {} if VERSION == 5 else {"clean_session": not stays}
        self.client = mqtt.Client(identifier, protocol=VERSION, **clean)
        self.client.max_inflight_messages_set(5)
        self.connected, self.subscribed, self.gone = queue.Queue(), queue.Queue(), queue.Queue()
        self.messages = queue.Queue()
        self.client.on_connect = lambda _client, _userdata, flags, *_rest: self.connected.put(flags["session present"])
        self.client.on_subscribe = lambda *_arguments: self.subscribed.put(True)
        self.client.on_disconnect = lambda *_arguments: self.gone.put(True)
        self.client.on_message = lambda _client, _userdata, message: self.messages.put(message.payload.decode())
        options = {}
        if VERSION == 5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 300 if stays else 0
            options = {"clean_start": not stays, "properties": properties}
        self.client.connect("127.0.0.1", PORT, 60, **options)
        self.client.loop_start()
        self.present = self.connected.get(timeout=TIMEOUT)

    def subscribe(self):
        self.client.subscribe(TOPIC, QOS)
        self.subscribed.get(timeout=TIMEOUT)

    def publish(self, texts):
        for sent in [self.client.publish(TOPIC, text, QOS) for text in texts]:
            sent.wait_for_publish(TIMEOUT)
            assert sent.is_published()

    def take(self, count):
        return [self.messages.get(timeout=TIMEOUT) for _ in range(count)]

    def end(self):
        self.client.disconnect()
        self.gone.get(timeout=TIMEOUT)
        self.client.loop_stop()


def main():
    texts = [f"queued {number}" for number in range(COUNT)]
    before = Connection(f"paho-session-{VERSION}-{QOS}", True)
    before.subscribe()
    before.end()
    publisher = Connection(f"paho-publisher-{VERSION}-{QOS}", False)
    publisher.publish(texts)
    after = Connection(f"paho-session-{VERSION}-{QOS}", True)
    got = after.take(len(texts))
    publisher.publish(["live"])
    got += after.take(1)
    after.end()
    publisher.end()
    print(json.dumps({"present": [int(before.present), int(after.present)], "got": got}))


main()
