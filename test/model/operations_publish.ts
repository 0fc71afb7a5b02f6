// Messages from clients to the broker.

import type { AnyPacket } from '../support/peer'
import type { Driver } from './driver'
import type { DriverClient } from './driver_client'
import { checkCode } from './model_router'
import type { ModelMessage } from './model_delivery'
import { TOPICS, type Operation } from './operations'

const QUOTA_EXCEEDED = 0x97
/** QoS 2 exchanges that a client of the driver keeps open. */
const OPEN_MAX = 3

function drawMessage(driver: Driver, client: DriverClient): { message: ModelMessage, interval: number | undefined } {
  const { random, tight } = driver
  const isFive = client.version === 5
  // A tight broker can tell only a 5.0 client, and only with QoS 1 and 2, that it did not keep a message.
  let qos = tight && !isFive ? 0 : random.below(3)
  if (qos === 2 && driver.session(client).incoming.size >= OPEN_MAX) qos = 1
  const retain = random.oneIn(5) && (!tight || qos > 0)
  const interval = isFive && random.oneIn(4) ? random.pick([15, 100]) : undefined
  const payload = retain && random.oneIn(3) ? '' : `m${++driver.messageCount}`
  const expiresAt = interval === undefined ? Infinity : driver.model.time + interval * 1_000
  return { message: { topic: random.pick(TOPICS), payload, qos, retain, publisher: client.clientId, expiresAt },
    interval }
}

/** Sometimes with a Topic Alias instead of the topic. */
function aliased(driver: Driver, client: DriverClient, topic: string): { topic: string, topicAlias?: number } {
  const { FEATURE_TOPIC_ALIAS } = driver.world.board
  if (client.version < 5 || !FEATURE_TOPIC_ALIAS || !driver.random.oneIn(3)) return { topic }
  const topicAlias = 1 + driver.random.below(3)
  if (client.aliases.get(topicAlias) === topic) return { topic: '', topicAlias }
  client.aliases.set(topicAlias, topic)
  return { topic, topicAlias }
}

export const publishOperation: Operation = {
  name: 'publish',
  weight: 30,
  async run(driver) {
    const connected = driver.connected()
    if (connected.length === 0) return undefined
    const client = driver.random.pick(connected)
    const session = driver.session(client)
    const { message, interval } = drawMessage(driver, client)
    const messageId = message.qos > 0 ? client.identifier(session.incoming) : undefined
    const { topic, topicAlias } = aliased(driver, client, message.topic)
    driver.note(`${client.clientId} PUBLISH ${messageId ?? ''} ${JSON.stringify(message)} alias ${topicAlias}`)
    const properties = { ...(interval ? { messageExpiryInterval: interval } : {}),
      ...(topicAlias ? { topicAlias } : {}) }
    await client.peer!.send({
      cmd: 'publish', topic, payload: message.payload, qos: message.qos, retain: message.retain, dup: false, messageId,
      ...(client.version === 5 ? { properties } : {}),
    } as never)
    return (answers) => {
      const code = message.qos === 0 ? undefined
        : client.answer(answers, message.qos === 1 ? 'puback' : 'pubrec', messageId).reasonCode ?? 0
      if (code === QUOTA_EXCEEDED && driver.tight) {
        driver.refusedCount++
        driver.model.refuse(message)
        return
      }
      if (code !== undefined) driver.acceptedCount++
      const outcome = driver.model.publish(message)
      const isTold = client.version === 5 && !driver.world.isSeveral
      if (code !== undefined && isTold) checkCode(client.clientId, code, outcome)
      if (message.qos === 2) session.incoming.set(messageId!, message.topic)
    }
  },
}

/** An open QoS 2 exchange of a connected client. */
function drawIncoming(driver: Driver): [DriverClient, number, string] | undefined {
  const open = driver.connected().flatMap((client) =>
    [...driver.session(client).incoming].map(([id, topic]): [DriverClient, number, string] => [client, id, topic]))
  return open.length > 0 ? driver.random.pick(open) : undefined
}

export const releaseOperation: Operation = {
  name: 'release',
  weight: 8,
  async run(driver) {
    const [client, messageId] = drawIncoming(driver) ?? []
    if (!client) return undefined
    driver.note(`${client.clientId} PUBREL ${messageId}`)
    await client.peer!.send({ cmd: 'pubrel', messageId: messageId! })
    return (answers) => {
      const pubcomp: AnyPacket = client.answer(answers, 'pubcomp', messageId)
      if ((pubcomp.reasonCode ?? 0) !== 0) throw new Error(`${client.clientId}: PUBCOMP ${pubcomp.reasonCode}`)
      driver.session(client).incoming.delete(messageId!)
    }
  },
}

/** A PUBLISH with QoS 2 that comes again before its PUBREL is no new message. */
export const repeatOperation: Operation = {
  name: 'repeat',
  weight: 2,
  async run(driver) {
    const [client, messageId, topic] = drawIncoming(driver) ?? []
    if (!client) return undefined
    driver.note(`${client.clientId} PUBLISH ${messageId} again`)
    await client.peer!.send({ cmd: 'publish', topic: topic!, payload: 'again', qos: 2, dup: true, retain: false,
      messageId: messageId! })
    return (answers) => void client.answer(answers, 'pubrec', messageId)
  },
}
