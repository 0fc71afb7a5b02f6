// Runs every case against three gateways that are one broker, each client at whichever of them.
import { afterAll, beforeAll, describe, vi } from 'vitest'
import { natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import { PACKETS_MAX } from '../gateway/socket_world'
import { runCases } from '../spec/run_cases'
import { boards } from '../support/core_instance'
import { type Way, engineStart, engineStop, severalWorld } from './several_world'

// What gateways note for each other follows the test's clock.
vi.mock('../../src/port/node/time', async original => {
  const wallMs = (): number => 1_700_000_000_000 + performance.now()
  return { ...await original<object>(), wallMs, secondsNow: () => Math.floor(wallMs() / 1_000) }
})

const SEED = Number(process.env.MIDGE_SEED ?? 1)
const WAYS = (process.env.MIDGE_WAYS ?? 'moving').split(' ') as Way[]
/** What several gateways may do otherwise than one: a test run has no time for more. */
const QUICK = ['retain', 'session', 'shared subscription', 'will', 'authentication']

const UNKNOWN = 'no gateway knows who listens at others, and 0x10 is not said'
const DIFFERS = {
  '5.0: CONNACK announces the limits of the broker': 'the largest packet is the engine\'s',
  '5.0: a PUBLISH is answered as its QoS asks': UNKNOWN,
  '5.0: the Reason Code of an acknowledgement says whether anybody listens': UNKNOWN,
  '5.0: a session resumes with all of its exchanges open, and publishes before it releases': UNKNOWN,
}
const AHEAD = 'a PINGRESP may come in front of a retained message, which comes back by the log'
const OWN_STATE = 'what is under $SYS is each gateway\'s own, and the case has its clients at any'
const WITHOUT = {
  '3.1.1: a packet with the beginning of the next': AHEAD,
  '5.0: a packet with the beginning of the next': AHEAD,
  '3.1.1: a bridge says by its Will that it is gone': OWN_STATE,
  '3.1.1: a client says how it is with itself, and with nobody else': OWN_STATE,
  '5.0: a client says how it is with itself, and with nobody else': OWN_STATE,
}

describe.skipIf(natsMissing)(`the cases on several gateways ${natsMissing}`, () => {
  beforeAll(engineStart)
  afterAll(engineStop)

  for (const way of WAYS) {
    let seed = SEED
    describe(way, () => runCases(boards.host, configuration => severalWorld(configuration, way, seed++), {
      packetsMax: PACKETS_MAX, differs: DIFFERS, without: WITHOUT, ...process.env.MIDGE_WAYS ? {} : { only: QUICK },
    }))
  }
})
