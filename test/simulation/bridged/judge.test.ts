// What the judge of bridged homes is for: bridges with a deliberate bug each. Of the seeds that find nothing in the
// bridge as it is one must take notice.

import { afterEach, expect, test, vi } from 'vitest'
import { PUBACK, PUBREC } from '../../../src/codec/packet_type'
import { Bridge } from '../../../src/port/node/bridge/bridge'
import { Incoming } from '../../../src/port/node/bridge/incoming'
import { Outgoing } from '../../../src/port/node/bridge/outgoing'
import { HOURS_IN_CI, SEEDS_IN_CI, live, timersTake } from './bridged_seeds'
import { gatewayEdition } from './gateway_edition'

vi.mock('../../../src/port/node/bridge/network', () => import('./line_network'))

type Method = (...given: unknown[]) => unknown

/** Puts another method in the place of a class's, which gets the one that was. */
function replace(prototype: object, name: string, by: (was: Method) => Method): void {
  const methods = prototype as Record<string, Method>
  const was = methods[name]
  vi.spyOn(methods, name).mockImplementation(function (this: unknown, ...given: unknown[]) {
    return by((...others) => was.apply(this, others)).apply(this, given)
  })
}

const BUGS: Record<string, () => void> = {
  'a message counts as sent when it was handed to the network': () =>
    replace(Outgoing.prototype, 'begin', (was) => function (this: Outgoing, ...given: unknown[]) {
      was(...given)
      const { qos } = given[1] as { qos: number }
      if (qos === 1) this.acknowledged(PUBACK, given[0] as number, 0)
    }),
  'what comes in is acknowledged before it is kept': () =>
    replace(Incoming.prototype, 'publish', (was) => function (this: Incoming, publish: unknown) {
      const { qos, packetIdentifier } = publish as { qos: number, packetIdentifier: number }
      was(publish)
      if (qos) this.acknowledged(qos > 1 ? PUBREC : PUBACK, packetIdentifier, 0)
    }),
  'the age is said to be less than it is': () =>
    replace(Bridge.prototype, 'statistics', (was) => () => {
      const statistics = was() as { queuedSeconds: number }
      return { ...statistics, queuedSeconds: Math.min(statistics.queuedSeconds, 60) }
    }),
}

timersTake()
afterEach(() => { vi.restoreAllMocks() })

test.each(Object.keys(BUGS))('notices that %s', async (name) => {
  BUGS[name]()
  let failure = ''
  for (let seed = 1; seed <= SEEDS_IN_CI && !failure; seed++) {
    failure = await live(gatewayEdition, seed, HOURS_IN_CI).then(() => '', (error: Error) => error.message)
  }
  if (process.env.MIDGE_REPORT) console.log(failure.split('\n').slice(0, 2).join(' '))
  expect(failure).not.toBe('')
})
