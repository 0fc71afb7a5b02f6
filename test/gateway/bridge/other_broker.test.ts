// What the other broker cannot do or does not want: a bridge keeps to it, says so once, and no message waits behind one
// that will never be taken.
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../library'
import { bridgeTo, bridged, householdEnd, isUp, numbers, wait } from './household'
import { StandIn, standInsEnd } from './stand_in'

afterEach(householdEnd)

interface Connect { protocolVersion?: number, bridgeMode?: boolean }

const out = { topics: [{ pattern: '#', direction: 'out' as const, qos: 2 as const }] }

describe('the version', () => {
  it.each([['with 0x84', 0x84], ['in the words of 3.1.1', 1]])(
    '5.0 is refused %s: 3.1.1 is spoken, as a bridge', async (_how, code) => {
      const upper = await StandIn.start({ connect: ({ protocolVersion }) => protocolVersion === 5 ? code : 0 })
      const lower = await bridged([bridgeTo(upper.port, out)])
      await until(() => isUp(lower))
        const asked = upper.of('connect') as Connect[]
      expect(asked.map(({ protocolVersion, bridgeMode }) => [protocolVersion, bridgeMode === true]))
        .toEqual([[5, false], [4, true]])
      await lower.broker.publish('a', 'x', { qos: 2 })
      await until(() => upper.messages.length === 1)
    })

  it('a bridge is refused too: it comes as a client', async () => {
    const upper = await StandIn.start({
      connect: packet => packet.protocolVersion === 5 || (packet as { bridgeMode?: boolean }).bridgeMode ? 1 : 0,
    })
    const lower = await bridged([bridgeTo(upper.port, out)])
    await until(() => isUp(lower))
    expect(upper.connects).toBe(3)
  })

  it('goes down only after several tries where nobody answers, and up again with the next connection', async () => {
    const upper = await StandIn.start({ connect: ({ protocolVersion }) => protocolVersion === 5 ? 'close' : 0 })
    const lower = await bridged([bridgeTo(upper.port, out)])
    await until(() => isUp(lower))
    const versions = (): (number | undefined)[] =>
      upper.of('connect').map(packet => (packet as { protocolVersion?: number }).protocolVersion)
    expect(versions()).toEqual([5, 5, 5, 4])
    upper.behaviour = {}
    upper.cut()
    await until(() => lower.broker.bridges()[0].connects === 2)
    expect(versions().at(-1)).toBe(5)
  })

  it('does not go down while nobody is there', async () => {
    const { port } = await StandIn.start()
    await standInsEnd()
    const lower = await bridged([bridgeTo(port, { ...out, restartTimeout: 0.01 })])
    // With growing delays: more than a dozen attempts.
    await wait(2_000)
    const upper = await StandIn.start({}, port)
    await until(() => isUp(lower))
    expect(upper.of('connect')).toMatchObject([{ protocolVersion: 5 }])
  })
})

describe('limits', () => {
  it('a Receive Maximum of 1 is kept to while a backlog drains (mosquitto #3002)', async () => {
    let open = 0
    let most = 0
    const upper = await StandIn.start({
      properties: { receiveMaximum: 1 },
      publish: () => {
        most = Math.max(most, ++open)
        return 'silent'
      },
    })
    const lower = await bridged([bridgeTo(upper.port, { ...out, start: 'lazy', threshold: 30 })])
    for (const text of numbers(30)) await lower.broker.publish('a', text, { qos: 1 })
    await until(() => upper.of('publish').length === 1)
    await wait(200)
    const take = (): void => {
      open--
      const { messageId } = upper.of('publish').at(-1) as { messageId?: number }
      upper.send({ cmd: 'puback', messageId, reasonCode: 0 } as never)
    }
    for (let i = 0; i < 30; i++) {
      await until(() => open === 1)
      take()
    }
    await until(() => lower.broker.bridges()[0].queued === 0)
    expect(most).toBe(1)
    expect(upper.of('publish').map(packet => (packet as { payload: Buffer }).payload.toString())).toEqual(numbers(30))
  })

  it('a message larger than its Maximum Packet Size is dropped and counted, and those behind it go on', async () => {
    const upper = await StandIn.start({ properties: { maximumPacketSize: 200 } })
    const lower = await bridged([bridgeTo(upper.port, out)])
    await until(() => isUp(lower))
    for (const qos of [0, 1, 2] as const) {
      await lower.broker.publish('large', Buffer.alloc(500), { qos })
      await lower.broker.publish('small', `s${qos}`, { qos })
    }
    await until(() => upper.messages.length === 3 && lower.broker.bridges()[0].queued === 0)
    expect(upper.texts).toEqual(['s0', 's1', 's2'])
    expect(lower.broker.bridges()[0]).toMatchObject({ tooLarge: 3, connects: 1 })
    expect(lower.events.filter(({ message }) => /takes packets of 200 bytes/.test(message))).toHaveLength(1)
  })

  it('bridge_max_packet_size bounds what is sent in any version', async () => {
    const upper = await StandIn.start()
    const lower = await bridged([bridgeTo(upper.port, { ...out, packetSize: 100, protocolVersion: 4 })])
    await until(() => isUp(lower))
    await lower.broker.publish('large', Buffer.alloc(100), { qos: 2 })
    await lower.broker.publish('small', 'x', { qos: 2 })
    await until(() => upper.messages.length === 1 && lower.broker.bridges()[0].queued === 0)
    expect(lower.broker.bridges()[0].tooLarge).toBe(1)
  })

  it.each([1, 0] as const)('a Maximum QoS of %i: messages go at that', async (maximumQoS) => {
    const upper = await StandIn.start({ properties: { maximumQoS } })
    const lower = await bridged([bridgeTo(upper.port, { topics: [{ pattern: '#', direction: 'both', qos: 2 }] })])
    await until(() => isUp(lower))
    for (const qos of [0, 1, 2] as const) await lower.broker.publish('a', `q${qos}`, { qos })
    await until(() => upper.messages.length === 3 && lower.broker.bridges()[0].queued === 0)
    expect(upper.messages.map(({ qos }) => qos)).toEqual([0, 1, 2].map(qos => Math.min(qos, maximumQoS)))
    const [subscribe] = upper.of('subscribe') as { subscriptions: { qos: number, nl: boolean, rap: boolean }[] }[]
    expect(subscribe.subscriptions).toMatchObject([{ qos: maximumQoS, nl: true, rap: true }])
    expect(lower.broker.bridges()[0]).toMatchObject({ sent: 3, refused: 0 })
  })

  it('without retained messages there, nothing is retained there', async () => {
    const upper = await StandIn.start({ properties: { retainAvailable: false } })
    const lower = await bridged([bridgeTo(upper.port, { ...out, notifications: true, notificationsLocalOnly: true })])
    await until(() => isUp(lower))
    await lower.broker.publish('a', 'x', { qos: 1, retain: true })
    await until(() => upper.messages.length === 1)
    expect(upper.messages[0].retain).toBe(false)
  })

  it.each([[0x9a, { retain: false, qos: 1 }], [0x9b, { retain: true, qos: 0 }]] as const)(
    'a Will that is refused with 0x%x comes otherwise', async (code, { retain, qos }) => {
      const upper = await StandIn.start({
        connect: ({ will }) => will!.retain === retain && will!.qos === qos ? 0 : code,
      })
      const lower = await bridged([bridgeTo(upper.port, { ...out, notifications: true })])
      await until(() => isUp(lower))
      expect(upper.connects).toBe(2)
    })

  it('without wildcards there, only whole topics are subscribed', async () => {
    const upper = await StandIn.start({ properties: { wildcardSubscriptionAvailable: false } })
    const lower = await bridged([bridgeTo(upper.port, {
      topics: [{ pattern: 'a/#', direction: 'in' }, { pattern: 'b', direction: 'in' }],
    })])
    await until(() => isUp(lower))
    expect(upper.of('subscribe')).toMatchObject([{ subscriptions: [{ topic: 'b' }] }])
    expect(lower.events.filter(({ message }) => /no subscriptions with wildcards/.test(message))).toHaveLength(1)
  })

  it('a subscription that is refused is said, and the others hold', async () => {
    const upper = await StandIn.start({ subscribe: filter => filter === 'a/#' ? 0x87 : 1 })
    const lower = await bridged([bridgeTo(upper.port, {
      topics: [{ pattern: 'a/#', direction: 'in', qos: 1 }, { pattern: 'b', direction: 'in', qos: 1 }],
    })])
    await until(() => isUp(lower))
    expect(lower.events.map(({ message }) => message))
      .toContain('the other broker refuses the subscription to a/# with Reason Code 0x87')
    upper.send({ cmd: 'publish', topic: 'b', payload: 'x', qos: 1, messageId: 9, dup: false, retain: false } as never)
    await until(() => upper.of('puback').length === 1)
  })
})

describe('messages', () => {
  it('that it refuses for good are dropped and counted, each kind said once', async () => {
    const upper = await StandIn.start({ publish: ({ topic }) => topic === 'bad' ? 0x87 : 0 })
    const lower = await bridged([bridgeTo(upper.port, out)])
    await until(() => isUp(lower))
    for (const qos of [1, 2] as const) {
      for (const topic of ['bad', 'good', 'bad']) await lower.broker.publish(topic, 'x', { qos })
    }
    await until(() => lower.broker.bridges()[0].queued === 0)
    expect(lower.broker.bridges()[0]).toMatchObject({ sent: 2, refused: 4, connects: 1 })
    expect(lower.events.filter(({ message }) => /refuses messages with Reason Code 0x87/.test(message))).toHaveLength(1)
  })

  it('that it has no room for stay, and go when it has', async () => {
    let isFull = true
    const upper = await StandIn.start({ publish: () => isFull ? 0x97 : 0 })
    const lower = await bridged([bridgeTo(upper.port, out)])
    await until(() => isUp(lower))
    for (const text of numbers(10)) await lower.broker.publish('a', text, { qos: Number(text) % 2 ? 1 : 2 })
    await until(() => upper.connects > 3)
    expect(lower.broker.bridges()[0]).toMatchObject({ sent: 0, refused: 0, queued: 10 })
    isFull = false
    await until(() => lower.broker.bridges()[0].queued === 0)
    expect(upper.texts).toEqual(numbers(10))
  })

  it('that it closes the connection for are given up, and only those', async () => {
    const upper = await StandIn.start({ publish: ({ payload }) => String(payload) === 'poison' ? 'close' : 0 })
    const lower = await bridged([bridgeTo(upper.port, out)])
    await until(() => isUp(lower))
    for (const text of ['1', '2', 'poison', '3', '4', 'poison', '5']) {
      await lower.broker.publish('a', text, { qos: text === '2' ? 2 : 1 })
    }
    await until(() => lower.broker.bridges()[0].queued === 0)
    expect([...new Set(upper.texts)]).toEqual(['1', '2', '3', '4', '5'])
    expect(upper.texts.filter(text => text === '2')).toHaveLength(1)
    expect(lower.broker.bridges()[0]).toMatchObject({ refused: 2, sent: 5 })
    expect(lower.events.filter(({ message }) => /was given up/.test(message))).toHaveLength(2)
  })

  it('are not given up for a broker that goes away while they are under way', async () => {
    const upper: StandIn = await StandIn.start({
      publish: (): 'silent' => {
        upper.send({ cmd: 'disconnect', reasonCode: 0x8b } as never)
        return 'silent'
      },
    })
    const lower = await bridged([bridgeTo(upper.port, out)])
    await until(() => isUp(lower))
    for (const text of numbers(5)) await lower.broker.publish('a', text, { qos: 1 })
    await until(() => lower.broker.bridges()[0].connects > 8)
    upper.behaviour = {}
    await until(() => lower.broker.bridges()[0].queued === 0)
    expect([...new Set(upper.texts)]).toEqual(numbers(5))
    expect(lower.broker.bridges()[0].refused).toBe(0)
  })

  it('that this broker does not take are refused, and nothing else waits', async () => {
    const upper = await StandIn.start()
    const lower = await bridged([bridgeTo(upper.port, { topics: [{ pattern: '#', direction: 'in', qos: 2 }] })])
    lower.broker.accessRulesSet([{ userName: 'nobody', access: 'readwrite', filter: '#' }])
    await until(() => isUp(lower))
    const publish = (topic: string, messageId: number, qos = 1): void => upper.send(
      { cmd: 'publish', topic, payload: 'x', qos, messageId, dup: false, retain: false } as never)
    // What the program's own may, and nobody under $SYS.
    publish('$SYS/broker/uptime', 1)
    publish('$SYS/broker/uptime', 2, 2)
    publish('good', 3)
    await until(() => upper.of('puback').length === 2 && upper.of('pubrec').length === 1)
    const answers = [...upper.of('puback'), ...upper.of('pubrec')] as { reasonCode?: number }[]
    const codes = answers.map(({ reasonCode }) => reasonCode)
    expect(codes).toEqual([0, 0, 0])
    expect(lower.broker.bridges()[0]).toMatchObject({ dropped: 2, received: 1 })
  })
})
