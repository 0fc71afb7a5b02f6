// A board that starts from a flash, and what somebody finds who asks it for everything once.
import { generate, type Packet } from 'mqtt-packet'
import { VirtualDriver } from '../../../src/simulator/virtual_driver'
import type { Peer } from '../../../src/simulator/peer'
import type { AnyPacket } from '../../support/peer'
import { JOINED_MS } from './home'
import { packetsRead } from './packets'

const PORT = 1883
const READ_AT_ONCE = 1_000_000
/** Retained messages come in portions. */
const READING_MS = 2_000

class Visitor {
  readonly retained = new Map<string, string>()
  readonly packets: AnyPacket[] = []
  private readonly peer: Peer
  private rest: Buffer = Buffer.alloc(0)

  constructor(private readonly driver: VirtualDriver, clientId: string, clean: boolean) {
    this.peer = driver.connect(PORT)!
    this.peer.bufferSize = READ_AT_ONCE
    this.say({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId, clean, keepalive: 0,
      ...!clean && { properties: { sessionExpiryInterval: 1_000 } },
    })
  }

  say(packet: Packet): void {
    this.peer.send(generate(packet, { protocolVersion: 5 }))
    this.wait(0)
  }

  wait(milliseconds: number): void {
    this.driver.advance(milliseconds)
    this.rest = packetsRead(Buffer.concat([this.rest, this.peer.take()]), 5, ({ topic, payload }) => {
      this.retained.set(topic, payload)
    }, (packet) => this.packets.push(packet))
  }

  answer(cmd: string): AnyPacket {
    const packet = this.packets.find((other) => other.cmd === cmd)
    if (!packet) throw new Error(`the board does not answer with ${cmd}: ${this.driver.board.output.join('; ')}`)
    return packet
  }
}

export interface Found { retained: Map<string, string>, hasSession: boolean }

/** Throws where the board does not start, has an error, or does not take another message. */
export function visit(flash: Uint8Array, sessionOf: string): Found {
  const driver = new VirtualDriver({ flash, networks: { home: '' }, random: () => 0.5 })
  driver.start()
  driver.advance(JOINED_MS)
  const reader = new Visitor(driver, 'reader', true)
  reader.say({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] })
  reader.answer('suback')
  for (let size = -1; size !== reader.retained.size;) {
    size = reader.retained.size
    reader.wait(READING_MS)
  }
  const retained = new Map(reader.retained)
  const owner = new Visitor(driver, sessionOf, false)
  const hasSession = owner.answer('connack').sessionPresent
  reader.say({ cmd: 'publish', topic: 'next', payload: 'works', qos: 1, messageId: 2, retain: true, dup: false })
  const code: number = reader.answer('puback').reasonCode ?? 0
  if (code >= 0x80) throw new Error(`the board refuses the next message: ${code}`)
  const { uncaught, starts } = driver.board
  if (uncaught.length > 0 || starts !== 1) throw new Error(`${starts} starts, ${String(uncaught[0])}`)
  return { retained, hasSession }
}
