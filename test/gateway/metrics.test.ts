// /metrics, read by the rules of Prometheus' text format and held to its conventions.
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { serveMetrics } from '../../src/port/node/gateway/metrics'
import { VERSION } from '../../src/version'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { brokerListen, brokerMake, brokersEnd } from './library'
import type { Broker } from '../../src/port/node/library/api'

const servers: Server[] = []

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
  for (const server of servers.splice(0)) server.close()
})

interface Sample { labels: Record<string, string>, value: number }
interface Family { name: string, type: string, help: string, samples: Sample[] }

/** The labels of a sample. [exposition formats, "Comments, help text, and type information"] */
function labelsOf(text: string): Record<string, string> {
  const pair = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y
  const labels: Record<string, string> = {}
  while (pair.lastIndex < text.length) {
    const found = pair.exec(text)
    if (!found) throw new Error(`no label: ${text}`)
    labels[found[1]] = found[2].replace(/\\(.)/g, (_, letter) => letter === 'n' ? '\n' : letter as string)
  }
  return labels
}

/** All families of a text; throws where it is none. */
function parse(text: string): Family[] {
  expect(text.endsWith('\n')).toBe(true)
  const families: Family[] = []
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][\w:]*) (.+)$/.exec(line)
    const type = /^# TYPE (\S+) (counter|gauge)$/.exec(line)
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line)
    const last = families.at(-1)
    if (help) families.push({ name: help[1], help: help[2], type: '', samples: [] })
    else if (type && last?.name === type[1] && !last.type) last.type = type[2]
    else if (sample && last?.name === sample[1] && last.type) {
      last.samples.push({ labels: labelsOf(sample[2] ?? ''), value: Number(sample[3]) })
    } else throw new Error(`no line of the format: ${line}`)
  }
  return families
}

/** What the conventions say of one. [metric and label naming] */
function conventionsCheck({ name, type, help, samples }: Family): void {
  expect(name).toMatch(/^(midge|process)_[a-z]+(_[a-z]+)*$/)
  expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
  // Units are base units, in the plural, at the end; what histograms and summaries end with is theirs.
  expect(name).not.toMatch(/_(count|sum|bucket|milliseconds|ms|minutes|kilobytes|megabytes|byte|second)(_total)?$/)
  expect(name).not.toMatch(/_(bytes|seconds)_(?!total$)/)
  expect(help).toMatch(/^[A-Z].* .*\.$/)
  expect(samples.length).toBeGreaterThan(0)
  expect(new Set(samples.map(({ labels }) => JSON.stringify(labels))).size).toBe(samples.length)
}

async function served(broker: Broker): Promise<Family[]> {
  const { server, url } = await serveMetrics(broker, { port: 0 })
  servers.push(server)
  return parse(await (await fetch(url)).text())
}

const NAME = 'a "bridge" \\ with\nlines and ümlauts'

describe('/metrics', () => {
  it('is in the format, named by the conventions, and says what the broker counts', async () => {
    const { broker, url } = await brokerListen({
      bridges: [{ name: NAME, addresses: [{ host: '127.0.0.1', port: 1 }], topics: [{ pattern: '#' }] },
        { name: 'other', addresses: [{ host: '127.0.0.1', port: 1 }], topics: [{ pattern: '#', qos: 1 }] }],
    })
    const client = await connect(url, 5)
    await client.publish('a', 'four', { qos: 1, retain: true })
    const families = await served(broker)
    families.forEach(conventionsCheck)
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length)
    const samples = (name: string) => families.find((family) => family.name === name)!.samples
    expect(samples('midge_publish_messages_received_total')).toEqual([{ labels: {}, value: 1 }])
    expect(samples('midge_publish_received_bytes_total')).toEqual([{ labels: {}, value: 4 }])
    expect(samples('midge_retained_messages')[0].value).toBeGreaterThan(0)
    expect(samples('midge_bridge_connected').map(({ labels }) => labels.bridge)).toEqual([NAME, 'other'])
    expect(samples('midge_bridge_queued')[1].value).toBe(1)
    expect(samples('midge_build_info'))
      .toEqual([{ labels: { version: VERSION, node: process.versions.node }, value: 1 }])
    const started = samples('process_start_time_seconds')[0].value
    expect(started).toBeGreaterThan(Date.now() / 1_000 - 86_400)
    expect(started).toBeLessThanOrEqual(Date.now() / 1_000)
  })

  it('leaves nothing out that is counted, and has no bridges where there are none', async () => {
    const broker = await brokerMake()
    const families = await served(broker)
    const count = families.filter(({ name }) => name.startsWith('midge_') && name !== 'midge_build_info')
      .reduce((sum, { samples }) => sum + samples.length, 0)
    expect(count).toBe(Object.keys(broker.statistics()).length)
    const full = families.find(({ name }) => name === 'midge_full_total')!
    expect(full.samples.map(({ labels }) => `full/${labels.resource}`))
      .toEqual(Object.keys(broker.statistics()).filter((name) => name.startsWith('full/')))
    expect(families.filter(({ name }) => name.startsWith('midge_bridge'))).toEqual([])
  })

  it('is what the table of the page says', async () => {
    const broker = await brokerMake({
      bridges: [{ name: 'up', addresses: [{ host: '127.0.0.1', port: 1 }], topics: [{ pattern: '#' }] }],
    })
    const page = readFileSync(new URL('../../docs/gateway.md', import.meta.url), 'utf8')
    const table = page.slice(page.indexOf('\n## Metrics\n'), page.indexOf('\n## Payloads\n'))
    const rows = [...table.matchAll(/^\| `(\w+)(?:\{([\w,]*)\})?` \| (.*) \|$/gm)]
      .map(([, name, labels = '', help]) => ({ name, labels, help }))
    const families = await served(broker)
    expect(rows).toEqual(families.map(({ name, help, samples }) =>
      ({ name, labels: Object.keys(samples[0].labels).join(','), help })))
  })
})

describe('--metrics', () => {
  const midge = (address: string): Program =>
    new Program(process.execPath, [COMMAND_LINE, '--port', '0', '--metrics', address])
  const hasIpv6 = Object.values(networkInterfaces()).flat().some((one) => one?.address === '::1')

  it.each([
    ['0', /^http:\/\/127\.0\.0\.1:(\d+)\/metrics$/, '127.0.0.1'],
    ['127.0.0.2:0', /^http:\/\/127\.0\.0\.2:(\d+)\/metrics$/, '127.0.0.2'],
    ['*:0', /^http:\/\/\*:(\d+)\/metrics$/, '127.0.0.3'],
    ...hasIpv6 ? [['[::1]:0', /^http:\/\/\[::1\]:(\d+)\/metrics$/, '[::1]'] as const] : [],
  ] as const)('takes %s', async (address, wanted, host) => {
    const line = await midge(address).line(/metrics on/)
    const [, port] = wanted.exec(/metrics on (.*)$/.exec(line)![1])!
    expect((await fetch(`http://${host}:${port}/health`)).status).toBe(200)
  })

  it.each([
    ['::1:9090', /An address of IPv6 stands in brackets/], ['127.0.0.1', /A TCP port from 0 to 65535 is needed/],
    ['127.0.0.1:', /A TCP port/], ['host:65536', /A TCP port/],
  ])('refuses %s', async (address, message) => {
    const { code, errors } = await midge(address).end()
    expect([code, errors.join('\n')]).toEqual([2, expect.stringMatching(message) as string])
  })

  it('says in one sentence where it cannot listen', async () => {
    const { server, url } = await serveMetrics(await brokerMake(), { port: 0 })
    servers.push(server)
    const taken = new URL(url).host
    const { code, errors } = await midge(taken).end()
    expect([code, errors]).toEqual([1, [`midge: ${taken} is in use: choose another port with --metrics.`]])
  })
})
