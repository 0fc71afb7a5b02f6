// A board with the extension m.page, and who comes to its page.
import { type Packet, generate } from 'mqtt-packet'
import { expect } from 'vitest'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import type { BoardOptions } from '../../src/simulator/options'
import { bundleText } from '../support/board_bundle'
import { distExtensions } from '../support/extensions'
import { UPGRADE, WebVisitor, frame, framesOf, packetsOf, request } from './web_visitor'

export const SETTINGS = { users: { anna: 'right' }, dashboard: true }
const files = { '.bootcde': bundleText('esp32'), ...await distExtensions(SETTINGS) }

export function boardStart(settings: object = SETTINGS, options: BoardOptions = {}): VirtualDriver {
  const given = { ...files, ...options.files, 'midge.json': JSON.stringify(settings) }
  const driver = new VirtualDriver({ ...options, files: given })
  driver.start()
  return driver
}

/** Who comes, and has sent so much. */
export function visit(
  driver: VirtualDriver, ...pieces: (Uint8Array | string)[]
): { visitor: WebVisitor, answer: Buffer } {
  const visitor = WebVisitor.open(driver)!
  return { visitor, answer: visitor.send(...pieces) }
}

export const bytes = (packet: Packet): Buffer => generate(packet)
export const CONNECT = (clientId: string): Buffer => bytes({
  cmd: 'connect', clientId, clean: true, keepalive: 0, protocolId: 'MQTT', protocolVersion: 4, username: 'anna',
  password: Buffer.from('right'),
  will: { topic: `gone/${clientId}`, payload: Buffer.from('yes'), qos: 0, retain: true },
})
export const SUBSCRIBE = (topic: string): Buffer =>
  bytes({ cmd: 'subscribe', messageId: 7, subscriptions: [{ topic, qos: 0 }] })
export const PUBLISH = (topic: string, payload: string): Buffer =>
  bytes({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false })

export const HEAD = request('GET /mqtt HTTP/1.1', UPGRADE)

/** A WebSocket whose client is let in. */
export function enter(driver: VirtualDriver, clientId = 'web'): WebVisitor {
  const { visitor } = visit(driver, HEAD)
  const [packet] = packetsOf(framesOf(visitor.send(frame(CONNECT(clientId)))))
  expect(packet).toMatchObject({ cmd: 'connack', returnCode: 0 })
  return visitor
}
