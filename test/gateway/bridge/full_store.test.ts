// A gateway whose disk takes no more while the other broker is away, and takes more again: what its publishers were
// told is true, and it goes out in order. The disk is a limit on the size of files, which is set, and lifted, from
// outside.
import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../../scripts/lib/free_port.mjs'
import { BrokerProgram, brokerProgramsEnd } from '../../interop/broker_program'
import { type Client, clientsEnd, connect } from '../../interop/mqttjs_client'
import { until } from '../library'
import { FlakyLine } from './flaky_line'
import { householdEnd } from './household'
import { StandIn } from './stand_in'

afterEach(async () => {
  await clientsEnd()
  await brokerProgramsEnd()
  await householdEnd()
})

const PAYLOAD = 'x'.repeat(1_000)
const hasLimit = spawnSync('prlimit', ['--version']).status === 0

/** How many bytes each file may have from now on: with 1 nothing is written any more. */
const limitSet = (gateway: BrokerProgram, size: 1 | 'unlimited'): void => {
  const { status, stderr } = spawnSync('prlimit', [`--pid=${gateway.pid}`, `--fsize=${size}:`])
  if (status) throw new Error(String(stderr))
}

interface Published { taken: string[], untold: string[] }

/**
 * Publishes numbers until so many were not taken: refused, or the gateway has cut the connection, as it could keep
 * nothing; whoever was not told may find them taken all the same.
 */
async function fill (
  { url }: BrokerProgram, from: number, { qos, failures, most }: { qos: 1 | 2, failures: number, most: number },
): Promise<Published> {
  const found: Published = { taken: [], untold: [] }
  let writer: Client | undefined
  for (let i = from, failed = 0; failed < failures && i < from + most; i++) {
    writer ??= await connect(url, 5).catch(() => undefined)
    const { mqtt } = writer ?? {}
    mqtt?.on('error', () => undefined)
    const cut = new Promise<boolean>(resolve => { mqtt?.once('close', () => resolve(false)) })
    const taken = writer?.publish(topicOf(i), `${i} ${PAYLOAD}`, { qos }).then(() => true, () => false) ?? false
    const isTaken = await Promise.race([taken, cut])
    if (!isTaken) failed++
    found[isTaken ? 'taken' : 'untold'].push(String(i))
    if (!mqtt?.connected) writer = undefined
  }
  return found
}

const topicOf = (number: number): string => `t/${number % 3}`

describe.skipIf(!hasLimit).each([1, 2] as const)('at QoS %i', (qos) => {
  it.each(['newest', 'oldest'])('what was taken before the disk was full, and after, goes out in order, with %s',
    async (policy) => {
      const upper = await StandIn.start()
      const line = await FlakyLine.start(() => upper.port)
      line.fault = 'refused'
      const gateway = new BrokerProgram('midge', await freePort(), [
        'sys_interval 1', 'connection up', `address 127.0.0.1:${line.port}`, 'topic t/# out 2', 'restart_timeout 1',
        'remote_clientid site', 'notifications_local_only true', `bridge_queue_policy ${policy}`,
      ])
      await gateway.start()
      const { taken } = await fill(gateway, 0, { qos, failures: 1, most: 100 })
      expect(taken).toHaveLength(100)
      limitSet(gateway, 1)
      const { taken: more, untold } = await fill(gateway, 1_000, { qos, failures: 3, most: 100 })
      taken.push(...more)
      expect(untold).toHaveLength(3)
      const texts = (): string[] => upper.texts.map(text => text.split(' ')[0])
      line.fault = 'none'
      limitSet(gateway, 'unlimited')
      await until(() => taken.every(text => texts().includes(text)))
      const look = await connect(gateway.url, 5)
      await look.subscribe('$SYS/broker/connection/site/#', { qos: 0 })
      const said = (word: string): number => Number(
        look.messages.filter(({ topic }) => topic.endsWith(`/${word}`)).at(-1)?.payload)
      await until(() => said('kept') === 0)
      const later = await fill(gateway, 5_000, { qos, failures: 1, most: 100 })
      expect(later.untold).toEqual([])
      await until(() => later.taken.every(text => texts().includes(text)) && said('kept') === 0)
      for (const topic of ['t/0', 't/1', 't/2']) {
        const arrived = [...new Set(texts())].filter(text => topicOf(Number(text)) === topic)
        expect(arrived).toEqual([...arrived].sort((a, b) => Number(a) - Number(b)))
      }
      const others = new Set(texts().filter(text => !taken.includes(text) && !later.taken.includes(text)))
      for (const text of others) expect(untold).toContain(text)
      if (qos === 2) expect(texts()).toHaveLength(new Set(texts()).size)
      await until(() => said('sent') === taken.length + later.taken.length + others.size)
      expect([said('kept'), said('dropped')]).toEqual([0, 0])
    }, 120_000)
})
