"""Home Assistant's MQTT client as its source has it: 5.0, Clean Start, no properties in CONNECT, wildcards subscribed to
one by one, other filters in batches of 500 with 10 s for each answer, and no DISCONNECT when it goes.

home_assistant.py PORT STATES: discovers devices by their retained configurations, subscribes to their state topics, says
that it is online, and waits for STATES messages. Prints one line for each step; is then gone without a word.
"""
import json
import os
import queue
import sys

import paho.mqtt.client as mqtt

MAX_SUBSCRIBES_PER_CALL = 500
TIMEOUT_ACK = 10
PORT = int(sys.argv[1])
STATES = int(sys.argv[2])

acknowledgements = queue.Queue()
configurations = queue.Queue()
states = queue.Queue()


def say(**fields):
    print(json.dumps(fields), flush=True)


def on_message(_client, _userdata, message):
    (configurations if message.topic.endswith("/config") else states).put(message)


def subscribe(client, filters):
    """Answers the Reason Codes of one SUBSCRIBE."""
    result, identifier = client.subscribe(filters)
    assert result == mqtt.MQTT_ERR_SUCCESS, result
    acknowledged, codes = acknowledgements.get(timeout=TIMEOUT_ACK)
    assert acknowledged == identifier, (acknowledged, identifier)
    return [code.value for code in codes]


def discover(client):
    """The state topics of all devices."""
    for wildcard in ("homeassistant/+/+/config", "homeassistant/+/+/+/config"):
        assert subscribe(client, [(wildcard, 0)]) == [0]
    topics = []
    while len(topics) < STATES:
        message = configurations.get(timeout=TIMEOUT_ACK)
        assert message.retain
        topics.append(json.loads(message.payload)["state_topic"])
    return topics


def main():
    connected = queue.Queue()
    client = mqtt.Client("home-assistant", protocol=mqtt.MQTTv5, reconnect_on_failure=False)
    client.on_connect = lambda _client, _userdata, flags, code, _properties: connected.put((code.value, flags))
    client.on_message = on_message
    client.on_subscribe = lambda _client, _userdata, identifier, codes, _properties: acknowledgements.put((identifier, codes))
    client.will_set("homeassistant/status", "offline", qos=0, retain=False)
    client.connect("127.0.0.1", PORT, keepalive=60, clean_start=True)
    client.loop_start()
    code, flags = connected.get(timeout=TIMEOUT_ACK)
    say(step="connected", code=code, present=flags["session present"])
    topics = discover(client)
    say(step="discovered", topics=len(set(topics)))
    refused = 0
    for first in range(0, len(topics), MAX_SUBSCRIBES_PER_CALL):
        batch = topics[first:first + MAX_SUBSCRIBES_PER_CALL]
        codes = subscribe(client, [(topic, 0) for topic in batch])
        refused += len(batch) - codes.count(0)
    say(step="subscribed", refused=refused)
    client.publish("homeassistant/status", "online", qos=0).wait_for_publish(TIMEOUT_ACK)
    received = {}
    while len(received) < STATES:
        message = states.get(timeout=TIMEOUT_ACK)
        received[message.topic] = message.payload.decode()
    say(step="received", states=len(received), right=sum(topic.endswith(value) for topic, value in received.items()))
    os._exit(0)


main()
