// What clients see of a listener: who is let in with which answer, and what those may do who are. The same questions
// are put to mosquitto and to the gateway.
import { readFileSync } from 'node:fs'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'

/** How a listener is spoken to. */
export type Carrier = 'mqtt' | 'mqtts' | 'ws' | 'wss'

/** Milliseconds until nothing more is expected of a connection that says nothing. */
const SILENCE_MS = 4_000
/** Milliseconds in which messages that are on their way arrive, behind an answer that came after them. */
const SETTLED_MS = 150

/** Who tries to come in. */
const CALLERS: [string, IClientOptions][] = [
  ['nobody in particular', {}],
  ['anna', { username: 'anna', password: 'secret' }],
  ['anna with another password', { username: 'anna', password: 'wrong' }],
  ['anna without a password', { username: 'anna' }],
  ['a stranger', { username: 'stranger', password: 'secret' }],
  ['one without a Client Identifier', { username: 'anna', password: 'secret', clientId: '', clean: true }],
]

/** Topics that are published to and filters that are subscribed to by who was let in. */
const TOPICS = ['open/x', 'anna/x', 'anna/secret/x', 'other/x', '$other/x']
const FILTERS = ['#', 'anna/#', 'open/+', 'other/x', '$SYS/broker/uptime', '$other/#']

type Answers = Record<string, unknown>

/** Tries to come in. Answers the client, or how it was refused. */
export function attempt(url: string, options: IClientOptions): Promise<MqttClient | string> {
  return new Promise((resolve) => {
    const client = mqtt.connect(url, {
      clientId: `probe-${Math.random().toString(16).slice(2)}`, reconnectPeriod: 0, connectTimeout: SILENCE_MS,
      rejectUnauthorized: false, ...options,
    })
    const refused = (how: string): void => {
      client.removeAllListeners()
      client.on('error', () => undefined)
      client.end(true)
      resolve(how)
    }
    client.once('connect', () => {
      client.removeAllListeners('error').on('error', () => undefined)
      resolve(client)
    })
    client.once('error', (error: Error & { code?: number | string }) =>
      refused(typeof error.code === 'number' ? `refused with ${error.code}` : 'no connection'))
    client.once('close', () => refused('closed'))
  })
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The Reason Code of what was asked, or that the connection ended. */
async function codeOf(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await Promise.race([asked, wait(SILENCE_MS).then(() => 'nothing')])
  } catch (error) {
    return (error as { code?: number }).code ?? 'an error'
  }
}

/** What one may do who was let in. */
async function rights(client: MqttClient, version: number): Promise<Answers> {
  const heard: string[] = []
  client.on('message', (topic) => heard.push(topic.startsWith('$SYS') ? '$SYS' : topic))
  const answers: Answers = {}
  for (const filter of FILTERS) {
    answers[`subscribes to ${filter}`] = await codeOf(new Promise((resolve, reject) => {
      client.subscribe(filter, { qos: 1 }, (error, _granted, packet) =>
        packet ? resolve(packet.granted) : reject(error ?? new Error('there is no SUBACK')))
    }))
  }
  for (const topic of TOPICS) {
    const published = new Promise((resolve, reject) => {
      client.publish(topic, 'x', { qos: 1 }, (error, packet) =>
        error ? reject(error) : resolve((packet as { reasonCode?: number } | undefined)?.reasonCode ?? 0))
    })
    const code = await codeOf(published)
    // 3.1.1 is told nothing, and of 5.0 it is left open whether it is told that nobody hears it.
    answers[`publishes to ${topic}`] = version < 5 ? 'sent' : code === 16 ? 0 : code
  }
  await wait(SETTLED_MS)
  answers.hears = [...new Set(heard)].sort()
  await client.endAsync(true)
  return answers
}

/** Puts all questions to a listener. */
export async function probe(carrier: Carrier, port: number, tls: IClientOptions = {}): Promise<Answers> {
  const url = `${carrier}://127.0.0.1:${port}`
  const asked = [4, 5].flatMap((version) => CALLERS.map(async ([who, options]): Promise<[string, unknown]> => {
    const answer = await attempt(url, { ...tls, ...options, protocolVersion: version as 4 | 5 })
    return [`${who}, ${version}`, typeof answer === 'string' ? answer : await rights(answer, version)]
  }))
  return Object.fromEntries(await Promise.all(asked))
}

/** How a client of TLS shows a certificate; without files it shows none. */
export const certificateOf = (certificate?: string, key?: string): IClientOptions =>
  certificate && key ? { cert: readFileSync(certificate), key: readFileSync(key) } : {}
