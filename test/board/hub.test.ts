// The owner's own code on a board: hub.js, in the ESP32's bundle in the simulated board.

import { describe, expect, it } from 'vitest'
import { connect, publish, receivePublish, subscribe } from '../support/client'
import type { BoardWorld } from '../support/board_world'
import { withHub } from './hub_world'

/** What was printed beside the broker's own log. */
const printed = (board: BoardWorld): string[] => board.driver.board.output.filter((line) => /^(hub|error)/.test(line))

/** hub.js that prints what it hears. */
const HEAR = 'function hear(t, p, d) { print("hub " + t + "=" + p + (d.retain ? " retained" : "")) }\n'

describe('hub.js', () => {
  it('hears what its filters match', async () => {
    const board = await withHub(`${HEAR}midge.subscribe("a/+", hear); midge.subscribe("b/#", hear)`)
    const sender = await connect(board, { version: 4 })
    for (const topic of ['a/1', 'a/1/2', 'b', 'b/1/2', 'c']) await publish(sender, topic, 'x')
    await publish(sender, 'a/2', 'y', { qos: 1 })
    await publish(sender, 'a/3', 'z', { qos: 2 })
    await board.advance(100)
    expect(printed(board)).toEqual(['hub a/1=x', 'hub b=x', 'hub b/1/2=x', 'hub a/2=y', 'hub a/3=z'])
  })

  it('hears a message once for each of its own filters', async () => {
    const board = await withHub(`${HEAR}midge.subscribe("a/+", hear); midge.subscribe("a/1", hear)`)
    await publish(await connect(board), 'a/1', 'x')
    await board.advance(100)
    expect(printed(board)).toEqual(['hub a/1=x', 'hub a/1=x'])
  })

  it('hears retained messages for the filter that is new', async () => {
    const board = await withHub(`${HEAR}midge.publish("a", 1, {retain: true}); midge.subscribe("a", hear)
      setTimeout(function () { midge.subscribe("#", hear) }, 1000)`)
    await board.advance(500)
    expect(printed(board)).toEqual(['hub a=1 retained'])
    await board.advance(1_000)
    expect(printed(board)).toEqual(['hub a=1 retained', 'hub a=1 retained'])
  })

  it('has $SYS for who asks for it by name', async () => {
    const board = await withHub(`${HEAR}midge.subscribe("#", hear)
      midge.subscribe("$SYS/broker/clients/connected", hear)`)
    await board.advance(11_000)
    expect(printed(board)[0]).toBe('hub $SYS/broker/clients/connected=1')
  })

  it('publishes at every QoS, and messages longer than a receive ring', async () => {
    const board = await withHub(`midge.subscribe("go", function () {
      for (var qos = 0; qos < 3; qos++) midge.publish("to/" + qos, qos, {qos: qos})
      setTimeout(function () { midge.publish("long", new Array(3001).join("x")) }, 10)
    })`)
    const reader = await connect(board, { version: 5 })
    await subscribe(reader, [{ topic: 'to/+', qos: 2 }, { topic: 'long', qos: 1 }])
    await publish(await connect(board), 'go', '')
    await board.advance(100)
    for (const qos of [0, 1, 2]) {
      const message = await receivePublish(reader)
      expect([message.topic, message.payload.toString(), message.qos]).toEqual([`to/${qos}`, `${qos}`, qos])
    }
    expect((await receivePublish(reader)).payload.toString()).toBe('x'.repeat(3000))
  })

  it.each([
    ['throw new Error("first")', 'error: Error: first'],
    ['this is no program', 'error: SyntaxError'],
    ['midge.subscribe("a/#/b", print)', 'error: may not subscribe to a/#/b'],
  ])('prints what is wrong with %s, and the broker stands', async (hub, sentence) => {
    const board = await withHub(hub)
    await board.advance(10)
    expect(printed(board)).toHaveLength(1)
    expect(printed(board)[0]).toContain(sentence)
    const client = await connect(board)
    await subscribe(client, 'x')
    await publish(client, 'x', 'still there')
    expect((await receivePublish(client)).payload.toString()).toBe('still there')
  })

  it('prints what a callback throws, and calls it again', async () => {
    const board = await withHub('midge.subscribe("a", function (t, p) { throw new Error(p) })')
    const sender = await connect(board, { version: 4 })
    await publish(sender, 'a', '1')
    await publish(sender, 'a', '2')
    await board.advance(10)
    expect(printed(board)).toEqual([1, 2].map((number) => expect.stringMatching(`^error: Error: ${number}, in line 1`)))
  })

  it('may do everything where others need a password and a rule', async () => {
    const rules = [{ kind: 2, name: 'anna', access: 7, filter: 'anna/#' }]
    const board = await withHub(`${HEAR}midge.subscribe("anna/+", hear); midge.publish("secret", "x", {retain: true})
      midge.subscribe("secret", hear)`, {}, { users: { anna: 'right' }, rules })
    const anna = await connect(board, { username: 'anna', password: 'right', version: 4 })
    await publish(anna, 'anna/1', 'here')
    await publish(anna, 'secret', 'not for you')
    await board.advance(10)
    expect(printed(board)).toEqual(['hub secret=x retained', 'hub anna/1=here'])
  })

  it('is served again after the broker had to let go of it', async () => {
    // A packet that is too large closes any connection.
    const board = await withHub(`${HEAR}midge.subscribe("a", hear)
      setTimeout(function () { midge.publish("b", new Array(300).join("x")) }, 100)`,
      { 'midge.json': '{"max_packet_size":100}' })
    await board.advance(50)
    await publish(await connect(board), 'a', '1')
    await board.advance(2_000)
    await publish(await connect(board), 'a', '2')
    await board.advance(10)
    expect(printed(board)).toEqual(['hub a=1', 'hub a=2'])
  })

  it('loses messages beyond its credit, and counts them', async () => {
    const board = await withHub(`var heard = 0; midge.subscribe("a", function () { heard++ })
      setTimeout(function () {
        for (var i = 0; i < 400; i++) midge.publish("a", "0123456789")
        setTimeout(function () { print("hub " + heard + " dropped " + midge.counters[8]) }, 100)
      }, 100)`)
    await board.advance(1_000)
    const [, heard, dropped] = /hub (\d+) dropped (\d+)/.exec(printed(board)[0])!
    expect(Number(heard)).toBeGreaterThan(100)
    expect(Number(dropped)).toBeGreaterThan(0)
    expect(Number(heard) + Number(dropped)).toBe(400)
  })

  it('publishes an object as JSON in UTF-8, bytes as they are, and nothing as nothing', async () => {
    const hub = `midge.subscribe("go", function () {
      midge.publish("to", {room: "Küche", text: "21 \\"°C\\" \\\\u00e9", list: [1, true, null]})
      midge.publish("to", "Küche 21°C")
      midge.publish("to", new Uint8Array([0, 255, 128]))
      midge.publish("to")
      midge.publish("to", null)
      midge.publish("to", false)
    })`
    const board = await withHub(Buffer.from(hub).toString('latin1'))
    const reader = await connect(board, { version: 5 })
    await subscribe(reader, 'to')
    await publish(await connect(board), 'go', '')
    await board.advance(100)
    const payloads = []
    for (let i = 0; i < 6; i++) payloads.push((await receivePublish(reader)).payload)
    expect(JSON.parse(payloads[0].toString())).toEqual(
      { room: 'Küche', text: '21 "°C" \\u00e9', list: [1, true, null] })
    expect(payloads[1].toString()).toBe('Küche 21°C')
    expect([...payloads[2]]).toEqual([0, 255, 128])
    expect(payloads.slice(3).map(String)).toEqual(['', '', 'false'])
  })

  it('hears UTF-8 as it was written', async () => {
    const hub = `midge.subscribe("Küche/+", function (t, p) {
      print("hub " + (t === "Küche/Wärme" && p === "21°C" ? "equal" : "other"))
    })`
    const board = await withHub(Buffer.from(hub).toString('latin1'))
    await publish(await connect(board), 'Küche/Wärme', '21°C')
    await board.advance(10)
    expect(printed(board)).toEqual(['hub equal'])
  })

  it.each([
    ['midge.publish("a/+", 1)', 'midge.publish: no Topic Name, but a filter: \'a/+\''],
    ['midge.publish("", 1)', 'midge.publish: no Topic Name: \'\''],
    ['midge.publish(undefined, 1)', 'midge.publish: no Topic Name: \'undefined\''],
    ['midge.publish("a", 1, {qos: 3})', 'midge.publish: no QoS: 3'],
    ['midge.subscribe("", print)', 'midge: no Topic Filter: \'\''],
    ['midge.subscribe("a")', 'midge.subscribe: no function to call'],
    ['midge.unsubscribe("")', 'midge: no Topic Filter: \'\''],
    ['midge.on("message", print)', 'midge.on: no event \'message\': connect, disconnect'],
  ])('throws a sentence for %s', async (call, sentence) => {
    const board = await withHub(`try { ${call} } catch (e) { print("hub " + e.message) }`)
    await board.advance(10)
    expect(printed(board)).toEqual([`hub ${sentence}`])
  })

  it('hears no more of what it has unsubscribed from', async () => {
    const board = await withHub(`${HEAR}midge.subscribe("a", hear); midge.subscribe("b", hear)
      midge.subscribe("go", function () {
        midge.unsubscribe("a")
        midge.subscribe("c", hear)
      })`)
    const sender = await connect(board)
    await publish(sender, 'a', '1')
    await publish(sender, 'go', '')
    await board.advance(10)
    for (const topic of ['a', 'b', 'c']) await publish(sender, topic, '2')
    await board.advance(10)
    expect(printed(board)).toEqual(['hub a=1', 'hub b=2', 'hub c=2'])
  })

  it('is told who comes and goes', async () => {
    const board = await withHub(`midge.on("connect", function (id) { print("hub + " + id) })
      midge.on("disconnect", function (id) { print("hub - " + id); throw new Error(id) })`)
    const lamp = await connect(board, { clientId: 'lamp' })
    await connect(board, { clientId: 'phone', version: 4 })
    await lamp.drop()
    // A stranger that says nothing has no name.
    await (await board.open(5)).drop()
    await board.advance(10)
    expect(printed(board)).toEqual(['hub + lamp', 'hub + phone', 'hub - lamp',
      expect.stringMatching('^error: Error: lamp, in line 2')])
  })

  it('leaves all nine clients their places', async () => {
    const board = await withHub('midge.subscribe("a", print)')
    for (let i = 0; i < 9; i++) await connect(board)
  })
})
