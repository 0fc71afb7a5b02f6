// The packets that a client on the board writes and cuts out of what comes, as the engine's strings: for what speaks
// for hub.js and for the bridge. Each has its own copy in flash, of which memory has nothing (scripts/build/lists).
//
// src/client does the same for clients in Node, over bytes: here each byte of an array is an assignment, some 7,000
// instructions, where a string is copied by the engine.

/** Of bytes. */
export const characters = String.fromCharCode

/** [MQTT-1.5.2] */
export function twoByteInteger(value: number): string {
  return characters(value >> 8, value & 0xff)
}

/** A text with its length in front. [MQTT-1.5.4] */
export function lengthAndText(text: string): string {
  return twoByteInteger(text.length) + text
}

/** [MQTT-2.1.4] */
export function remainingLength(size: number): string {
  let text = ''
  for (; size > 127; size = size >> 7) text += characters(size & 127 | 128)
  return text + characters(size)
}

/** A whole packet. */
export function packetOf(first: number, body: string): string {
  return characters(first) + remainingLength(body.length) + body
}

/** CONNECT; `fields` are its properties, where it is one of 5.0, and its payload. */
export function connectPacket(level: number, flags: number, keepAlive: number, fields: string): string {
  return packetOf(0x10, '\0\x04MQTT' + characters(level, flags) + twoByteInteger(keepAlive) + fields)
}

/** SUBSCRIBE to one Topic Filter, its bytes; `properties` where it is one of 5.0. */
export function subscribePacket(packetIdentifier: string, properties: string, filter: string, options: number): string {
  return packetOf(0x82, packetIdentifier + properties + lengthAndText(filter) + characters(options))
}

/** Where what follows the fixed header begins, of the packet that remainingLengthAt looked at last. */
export let bodyAt = 0

/** The Remaining Length of the packet that begins there; -1: more of its fixed header must come. */
export function remainingLengthAt(data: string, at: number): number {
  let size = 0
  let shift = 0
  // What is not there is NaN, which ends it.
  do {
    size |= (data.charCodeAt(++at) & 127) << shift
    shift += 7
  } while (data.charCodeAt(at) > 127)
  bodyAt = at + 1
  return data.length < bodyAt ? -1 : size
}
