// $SYS: every topic that mosquitto has is there, and its numbers are what they should be.
import { afterEach, expect, it } from 'vitest'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { programsEnd } from '../interop/program'
import { type Broker, hasMosquitto, start } from './beside'
import { brokerListen, brokersEnd, folderMake, until } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const LOADS = ['messages/received', 'messages/sent', 'publish/dropped', 'publish/received', 'publish/sent',
  'bytes/received', 'bytes/sent', 'connections', 'sockets'].flatMap((name) =>
  ['1min', '5min', '15min'].map((span) => `$SYS/broker/load/${name}/${span}`))

/** Topics below $SYS/ that a broker sends to a new subscription, or within an interval. */
async function topicsOf(broker: Broker): Promise<Map<string, string>> {
  const { program, ports } = await start(broker, folderMake(), 'listener PORT_A\nallow_anonymous true\nsys_interval 1')
  const url = `mqtt://127.0.0.1:${ports.PORT_A}`
  const client = await connect(url, 5)
  await client.subscribe('$SYS/#', { qos: 0 })
  const before = await connect(url, 4)
  await before.end()
  await until(() => client.messages.some(({ topic, payload }) =>
    topic === '$SYS/broker/load/connections/1min' && Number(payload.toString()) > 0))
  await client.end()
  program.signal('SIGTERM')
  await program.end()
  return new Map(client.messages.map(({ topic, payload }) => [topic, payload.toString()]))
}

it('has all of mosquitto\'s topics, load averages and memory among them', async () => {
  const ours = await topicsOf('midge')
  for (const topic of LOADS) expect(ours.get(topic), topic).toMatch(/^\d+\.\d\d$/)
  const [now, most] = ['current', 'maximum'].map((name) => Number(ours.get(`$SYS/broker/heap/${name}`)))
  expect(now).toBeGreaterThan(1_000_000)
  expect(most).toBeGreaterThanOrEqual(now)
  if (!hasMosquitto) return
  const theirs = [...(await topicsOf('mosquitto')).keys()]
  expect(theirs.length).toBeGreaterThan(40)
  expect(theirs.filter((topic) => !ours.has(topic))).toEqual([])
})

it('counts members of shared subscriptions, and a load fades', async () => {
  const { url } = await brokerListen({ limits: { sysInterval: 1 } })
  const client = await connect(url, 5)
  await client.subscribe(['$share/g/a', '$share/h/a', 'a'], { qos: 0 })
  await client.mqtt.unsubscribeAsync('$share/h/a')
  for (let i = 0; i < 20; i++) await client.publish('b', 'x', { qos: 1 })
  const watcher = await connect(url, 5)
  const last = (topic: string): string | undefined =>
    watcher.messages.filter((message) => message.topic === `$SYS/broker/${topic}`).at(-1)?.payload.toString()
  await watcher.subscribe('$SYS/broker/#', { qos: 0 })
  await until(() => last('shared_subscriptions/count') === '1')
  const published = (): number => Number(last('load/publish/received/1min'))
  await until(() => published() > 5)
  const most = published()
  await until(() => published() < most)
  // Over a quarter of an hour what came in a second is less.
  expect(Number(last('load/publish/received/15min'))).toBeLessThan(most)
})
