// Seeds on the ESP32's own bundle, and scripts of such that failed once, made short.

import { generate } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { boardEdition } from '../simulation/board_edition'
import type { Step } from '../simulation/script'
import { simulationTests } from '../simulation/seeds'
import { runScript } from '../simulation/shrink'

const edition = boardEdition()

simulationTests(edition)

const says = (id: number, packet: object): Step =>
  ({ kind: 'bytes', id, hex: generate(packet as never, { protocolVersion: 5 }).toString('hex') })
const comes = (id: number, clientId: string): Step[] => [
  { kind: 'open', id, version: 5 },
  says(id, { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId, clean: true, keepalive: 0 }),
]

test('a session is taken over from who is in the midst of a packet, and cannot be told', async () => {
  const steps: Step[] = [
    ...comes(1, 'camera'),
    ...comes(2, 'slow'),
    says(2, { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'image/#', qos: 0 }] }),
    { kind: 'sip', id: 2 },
    ...['one', 'two'].map(text => says(1, {
      cmd: 'publish', topic: 'image/1', payload: text.padEnd(4_500, '.'), qos: 0, retain: false, dup: false,
    })),
    ...comes(3, 'slow'),
  ]
  expect(await runScript(() => edition.create(1, {}), steps)).toBeUndefined()
})
