// The random operations of the model test. Each sends something, and answers how its effect is judged; undefined when
// it has nothing to do just now.

import type { AnyPacket } from '../support/peer'
import type { Driver } from './driver'
import type { DriverClient } from './driver_client'
import { connectOperation, disconnectOperation, dropOperation } from './operations_connection'
import { publishOperation, releaseOperation, repeatOperation } from './operations_publish'
import type { Delivery } from './model_delivery'

export type Judge = (answers: Map<string, AnyPacket[]>) => void

export interface Operation {
  name: string
  /** How often it is drawn. */
  weight: number
  run(driver: Driver, client?: DriverClient): Promise<Judge | undefined>
}

export const TOPICS = ['a', 'b', 'a/b', 'a/c', 'a/b/c', 'b/c', '/', '$d/a', '/a', 'a/']
export const FILTERS = ['a', 'b', 'a/b', 'a/+', 'a/#', '+', '#', '+/b', 'a/b/c', '$d/#', '+/+', '/a', 'b/#']
/** No topic is in two groups, so that a copy tells which group's it is. */
export const SHARED = ['$share/g/a', '$share/g/b/#', '$share/h/a/+', '$share/h/$d/#']

const subscribeOperation: Operation = {
  name: 'subscribe',
  weight: 6,
  async run(driver) {
    const { random, model, world: { board } } = driver
    const client = random.pick(connectedOr(driver))
    if (!client) return undefined
    const isFive = client.version === 5
    const isShared = isFive && board.FEATURE_SHARED_SUBSCRIPTION
    const draw = (): string => isShared && random.oneIn(5) ? random.pick(SHARED) : random.pick(FILTERS)
    const filters = [...new Set(Array.from({ length: 1 + random.below(2) }, draw))]
    const isIdentified = isFive && board.FEATURE_SUBSCRIPTION_IDENTIFIER
    const identifier = isIdentified && random.oneIn(3) ? 1 + random.below(3) : 0
    const subscriptions = filters.map((topic) => ({
      topic, qos: random.below(3), nl: isFive && !topic.startsWith('$share') && random.oneIn(5),
        rap: isFive && random.oneIn(3),
      rh: isFive ? random.below(3) : 0,
    }))
    const messageId = client.identifier(model.sessions.get(client.clientId)!.incoming)
    driver.note(`${client.clientId} SUBSCRIBE ${JSON.stringify(subscriptions)} identifier ${identifier}`)
    await client.peer!.send({
      cmd: 'subscribe', messageId, subscriptions: subscriptions.map(({ topic, qos, ...rest }) => isFive
        ? { topic, qos, ...rest } : { topic, qos }),
      ...(identifier ? { properties: { subscriptionIdentifier: identifier } } : {}),
    } as never)
    return (answers) => {
      const { granted } = client.answer(answers, 'suback', messageId)
      for (const [index, { topic, qos, nl, rap, rh }] of subscriptions.entries()) {
        const code = granted[index]
        const isRefused = code >= 0x80
        if (isRefused ? !driver.tight : code !== qos) throw new Error(`${client.clientId}: SUBACK ${granted.join()}`)
        if (!isRefused) model.subscribe(client.clientId, topic,
          { qos, noLocal: nl, retainAsPublished: rap, identifier }, rh)
      }
    }
  },
}

/** The connected clients, or a list of nobody. */
function connectedOr(driver: Driver): (DriverClient | undefined)[] {
  const list = driver.clients.filter(({ peer }) => peer !== undefined)
  return list.length > 0 ? list : [undefined]
}

const unsubscribeOperation: Operation = {
  name: 'unsubscribe',
  weight: 4,
  async run(driver) {
    const client = driver.random.pick(connectedOr(driver))
    if (!client) return undefined
    const { subscriptions, incoming } = driver.session(client)
    const filter = driver.random.pick([...subscriptions.keys(),
      ...client.version === 5 ? FILTERS : FILTERS.slice(0, 3)])
    const messageId = client.identifier(incoming)
    driver.note(`${client.clientId} UNSUBSCRIBE ${filter}`)
    await client.peer!.send({ cmd: 'unsubscribe', messageId, unsubscriptions: [filter] })
    return (answers) => {
      const { granted } = client.answer(answers, 'unsuback', messageId)
      const existed = driver.model.unsubscribe(client.clientId, filter)
      if (client.version === 5 && granted[0] !== (existed ? 0 : 0x11)) throw new Error(`UNSUBACK ${granted.join()}`)
    }
  },
}

/** Sends the next acknowledgement of a delivery and moves the model on. */
async function acknowledge(driver: Driver, client: DriverClient, delivery: Delivery): Promise<void> {
  const session = driver.session(client)
  const { packetIdentifier: messageId, qos, state } = delivery
  const reasonCode = state === 'sent' && client.version === 5 && driver.random.oneIn(10) ? 0x80 : 0
  const cmd = state === 'released' ? 'pubcomp' : qos === 1 ? 'puback' : 'pubrec'
  driver.note(`${client.clientId} ${cmd} ${messageId} ${reasonCode}`)
  await client.peer!.send({ cmd, messageId, ...(client.version === 5 ? { reasonCode } : {}) } as never)
  if (cmd === 'pubrec' && reasonCode === 0) {
    delivery.state = 'released'
    session.releases.add(messageId)
  } else {
    session.remove(delivery)
  }
}

const outstanding = (driver: Driver, client: DriverClient): Delivery[] =>
  driver.session(client).queue.filter(({ state }) => state !== 'waiting')

const acknowledgeOperation: Operation = {
  name: 'acknowledge',
  weight: 14,
  async run(driver) {
    const candidates = driver.connected().filter((client) => outstanding(driver, client).length > 0)
    if (candidates.length === 0) return undefined
    const client = driver.random.pick(candidates)
    const list = outstanding(driver, client)
    await acknowledge(driver, client, driver.random.oneIn(4) ? driver.random.pick(list) : list[0])
    return () => undefined
  },
}

const acknowledgeAllOperation: Operation = {
  name: 'acknowledge all',
  weight: 4,
  async run(driver) {
    const candidates = driver.connected().filter((client) => outstanding(driver, client).length > 0)
    if (candidates.length === 0) return undefined
    const client = driver.random.pick(candidates)
    for (const delivery of outstanding(driver, client)) await acknowledge(driver, client, delivery)
    return () => undefined
  },
}

const pingOperation: Operation = {
  name: 'ping',
  weight: 1,
  async run(driver) {
    const client = driver.random.pick(connectedOr(driver))
    if (!client) return undefined
    await client.peer!.send({ cmd: 'pingreq' })
    return (answers) => void client.answer(answers, 'pingresp')
  },
}

const timeOperation: Operation = {
  name: 'time',
  weight: 2,
  async run(driver) {
    await driver.advance(1_000 + driver.random.below(20_000))
    return undefined
  },
}

export const operations: Operation[] = [
  connectOperation, disconnectOperation, dropOperation, subscribeOperation, unsubscribeOperation, publishOperation,
  releaseOperation, repeatOperation, acknowledgeOperation, acknowledgeAllOperation, pingOperation, timeOperation,
]
