// What the topic lines of a bridge mean: the gateway and mosquitto read the same ones, and carry the same.
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { BrokerProgram, brokerProgramsEnd } from './broker_program'
import { clientsEnd, connect } from './mqttjs_client'
import { MOSQUITTO, describeInstalled } from './optional'

afterEach(async () => {
  await clientsEnd()
  await brokerProgramsEnd()
})

// Not `l` and `r`, which `l/#` and `r/#` match: mosquitto carries them as `r/l` and `l/r`, the gateway as each other.
const TOPICS = ['a', 'a/b', 'a/b/c', 'b', 'b/set', 'l/a', 'l/b/set', 'r/a', 'r/b/set', 'one', 'two', '$x/a']
const LAST = 'last/of/all'

/** Lines of a bridge; the last one of each says when everything has come. */
const CASES: [what: string, lines: string[]][] = [
  ['a pattern alone', ['topic a/# both 1']],
  ['nothing but a pattern', ['topic a/b']],
  ['everything', ['topic # both 2']],
  ['prefixes on both sides', ['topic # both 1 l/ r/']],
  ['a prefix here', ['topic # both 1 l/ ""']],
  ['a prefix there', ['topic # both 1 "" r/']],
  ['one topic under two names', ['topic "" both 1 one two']],
  ['prefixes that do not end with a slash', ['topic e both 1 on on', 'topic wo both 1 t t']],
  ['lines that overlap, without prefixes', ['topic # both 0', 'topic a/# both 2']],
  ['lines that overlap, the wide one first', ['topic # both 1', 'topic a/# both 1 "" r/']],
  ['lines that overlap, the narrow one first', ['topic a/# both 1 "" r/', 'topic # both 1']],
  ['lines that overlap, both with prefixes', ['topic # both 1 "" r/', 'topic b/# both 1 "" l/']],
  ['a line that goes out and one that comes in', ['topic # out 1 l/ r/', 'topic +/set in 1 l/ r/']],
  ['what begins with $', ['topic $x/a both 1']],
  ['a prefix that begins with $', ['topic a both 1 d/ $x/']],
]

/** Publishes every topic on one side, and answers what came on the other. */
async function carried(from: string, to: string, word: string): Promise<string[]> {
  const reader = await connect(to, 5)
  await reader.subscribe('#', { qos: 2 })
  await reader.subscribe('$x/#', { qos: 2 })
  const writer = await connect(from, 5)
  for (const topic of TOPICS) await writer.publish(topic, word, { qos: 2 })
  await writer.publish(LAST, word, { qos: 2 })
  const limit = Date.now() + 30_000
  while (!reader.messages.some(({ topic }) => topic.endsWith(LAST))) {
    if (Date.now() > limit) throw new Error('the last one has not come')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  await new Promise(resolve => setTimeout(resolve, 100))
  const others = reader.messages.filter(({ topic }) => !topic.endsWith(LAST))
  return others.map(({ topic, packet }) => `${topic} ${packet.qos}`).sort()
}

async function both(kind: 'midge' | 'mosquitto', lines: string[]): Promise<{ out: string[], into: string[] }> {
  const upper = new BrokerProgram('mosquitto', await freePort(), [])
  const lower = new BrokerProgram(kind, await freePort(), [
    'connection up', `address 127.0.0.1:${upper.port}`, 'restart_timeout 1', ...lines, `topic ${LAST} both 2`,
  ])
  await upper.start()
  const state = await connect(upper.url, 5)
  await state.subscribe('$SYS/broker/connection/#', { qos: 1 })
  await lower.start()
  while (state.texts.at(-1) !== '1') await new Promise(resolve => setTimeout(resolve, 10))
  return { out: await carried(lower.url, upper.url, 'out'), into: await carried(upper.url, lower.url, 'in') }
}

describeInstalled('topic lines', MOSQUITTO !== undefined, 'mosquitto', () => {
  describe('mean what they mean to mosquitto', () => {
    it.each(CASES)('%s', async (_what, lines) => {
      const [midge, mosquitto] = await Promise.all([both('midge', lines), both('mosquitto', lines)])
      expect(mosquitto.out.length + mosquitto.into.length).toBeGreaterThan(0)
      expect(midge).toEqual(mosquitto)
    })
  })
})
