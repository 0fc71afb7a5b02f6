// The extension m.page on a board: WebSockets as they come, in any pieces, and what a board tells its page.
import { describe, expect, it } from 'vitest'
import { CONNECT, HEAD, PUBLISH, SUBSCRIBE, boardStart, bytes, enter, visit } from './page_world'
import { ACCEPTED, type WebVisitor, frame, framesOf, packetsOf } from './web_visitor'

/** What a client sends, in frames of all kinds: short, long, with sizes longer than they need, in several frames. */
function stream(): Buffer {
  const connect = CONNECT('web')
  const long = PUBLISH('t/long', 'y'.repeat(300))
  const cut = PUBLISH('t/cut', 'abcdefg')
  return Buffer.concat([
    frame(connect.subarray(0, 5), { first: 0x02 }), frame('', { first: 0x00 }), frame('hey', { first: 0x89 }),
    frame(connect.subarray(5), { first: 0x80 }), frame(SUBSCRIBE('t/#'), { sizeBytes: 2 }), frame(long),
    frame('', { first: 0x8a }),
    frame(Buffer.concat([PUBLISH('t/1', 'one'), PUBLISH('t/2', 'two'), cut.subarray(0, 3)]), { sizeBytes: 8 }),
    frame(cut.subarray(3)),
  ])
}

/** What the board sends for it. */
function check(answer: Buffer, where: string): void {
  const head = answer.indexOf('\r\n\r\n') + 4
  expect(answer.subarray(0, head).toString(), where).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n/)
  expect(answer.subarray(0, head).toString()).toContain(`Sec-WebSocket-Accept: ${ACCEPTED}\r\n`)
  const frames = framesOf(answer.subarray(head))
  expect(frames.filter(({ first }) => first === 0x8a).map(({ payload }) => String(payload)), where).toEqual(['hey'])
  const packets = packetsOf(frames)
  expect(packets.map(({ cmd }) => cmd), where)
    .toEqual(['connack', 'suback', 'publish', 'publish', 'publish', 'publish'])
  expect(packets.flatMap((packet) => packet.cmd === 'publish' ? String(packet.payload) : []), where)
    .toEqual(['y'.repeat(300), 'one', 'two', 'abcdefg'])
}

describe('a WebSocket', () => {
  it('is one more connection of the broker, wherever what is sent is cut', () => {
    const driver = boardStart()
    const all = Buffer.concat([Buffer.from(HEAD), stream()])
    for (let at = 1; at < all.length; at++) {
      const { visitor, answer } = visit(driver, all.subarray(0, at), all.subarray(at))
      check(answer, `cut at ${at}`)
      visitor.peer.reset()
      driver.settle()
    }
    check(visit(driver, ...[...all].map((byte) => Uint8Array.of(byte))).answer, 'byte by byte')
    expect(driver.board.uncaught).toEqual([])
  })

  it('is sent what the broker sends in as many bytes, whatever their size', () => {
    const driver = boardStart()
    const visitor = enter(driver)
    visitor.send(frame(SUBSCRIBE('#')))
    for (const size of [0, 100, 118, 119, 120, 130, 2_000, 70_000]) {
      const payload = 'x'.repeat(size)
      const packets = packetsOf(framesOf(visitor.send(frame(PUBLISH('big', payload), { sizeBytes: 8 }))))
      expect(packets.map((packet) => packet.cmd === 'publish' && packet.payload.length), `${size}`).toEqual([size])
    }
    expect(driver.board.uncaught).toEqual([])
  })

  it.each([
    ['a frame without a mask', frame('x', { isMasked: false }), 1_002],
    ['a reserved bit', frame('x', { first: 0xc2 }), 1_002],
    ['a reserved opcode', frame('x', { first: 0x83 }), 1_002],
    ['a reserved control opcode', frame('', { first: 0x8b }), 1_002],
    ['a continuation of nothing', frame('x', { first: 0x80 }), 1_002],
    ['a message within a message', Buffer.concat([frame(Buffer.of(0xc0), { first: 2 }), frame('x')]), 1_002],
    ['a ping in pieces', frame('x', { first: 0x09 }), 1_002],
    ['a long ping', frame('x'.repeat(126), { first: 0x89 }), 1_002],
    ['text', frame('x', { first: 0x81 }), 1_003],
    ['more than any frame has', Buffer.from([0x82, 0xff, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1_009],
    ['a close', frame(Buffer.from([3, 233]), { first: 0x88 }), 1_001],
  ])('that sends %s is closed with a reason, and its Will is published', (_, bytes, code) => {
    const driver = boardStart()
    const reader = enter(driver, 'reader')
    reader.send(frame(SUBSCRIBE('gone/#')))
    const visitor = enter(driver)
    const [last] = framesOf(visitor.send(bytes, frame(PUBLISH('late', 'x')))).slice(-1)
    expect([last.first, last.payload.readUInt16BE(0)]).toEqual([0x88, code])
    expect(visitor.peer.closed).toBe(true)
    expect(packetsOf(framesOf(reader.read()))).toMatchObject([{ cmd: 'publish', topic: 'gone/web' }])
    expect(driver.board.uncaught).toEqual([])
  })

  it('is refused without the password, and closed by the broker as any connection', () => {
    const driver = boardStart()
    const { visitor } = visit(driver, HEAD)
    const nobody = bytes({
      cmd: 'connect', clientId: 'x', clean: true, keepalive: 0, protocolId: 'MQTT', protocolVersion: 4,
      username: 'anna', password: Buffer.from('wrong'),
    })
    const frames = framesOf(visitor.send(frame(nobody)))
    expect(packetsOf(frames)).toMatchObject([{ cmd: 'connack', returnCode: 4 }])
    expect(frames.at(-1)).toMatchObject({ first: 0x88 })
    const silent = visit(driver, HEAD).visitor
    driver.advance(12_000)
    expect(framesOf(silent.read()).at(-1)).toMatchObject({ first: 0x88 })
    expect(silent.peer.closed).toBe(true)
  })

  it('that does not read is let go of, and its socket is free again', () => {
    const driver = boardStart()
    const before = driver.board.tcp.socketsUsed
    const visitor = enter(driver)
    visitor.send(frame(SUBSCRIBE('#')))
    visitor.peer.reading = false
    visitor.peer.bufferSize = 100
    visitor.send(...Array.from({ length: 40 }, () => frame(PUBLISH('a', 'x'.repeat(200)))))
    visitor.send(frame('x', { first: 0x81 }))
    driver.advance(20_000)
    expect(driver.board.tcp.socketsUsed).toBe(before)
  })
})

describe('what a board tells its page', () => {
  const told = (visitor: WebVisitor): Map<string, string> => new Map(packetsOf(framesOf(visitor.read()))
    .flatMap((packet) => packet.cmd === 'publish' ? [[packet.topic, String(packet.payload)]] : []))

  it('is its clients, numbers, limits, settings and its log, while somebody is there', () => {
    const driver = boardStart()
    const plain = driver.connect(1_883)!
    plain.send(CONNECT('caf\u00e9'))
    driver.settle()
    const visitor = enter(driver)
    visitor.send(frame(SUBSCRIBE('$SYS/broker/dashboard/#')), frame(SUBSCRIBE('$SYS/broker/log/#')))
    driver.advance(2_500)
    const first = told(visitor)
    const limits = JSON.parse(first.get('$SYS/broker/dashboard/limits')!) as unknown
    expect(limits).toMatchObject({ connections: 10, subscriptions: 1_000 })
    const settings = first.get('$SYS/broker/dashboard/settings')!
    expect(JSON.parse(settings)).toMatchObject({ board: 'ESP32', 'clients without a user': 'refused' })
    expect(settings).not.toContain('right')
    plain.send(PUBLISH('t', 'x'.repeat(20)))
    driver.connect(1_883)!.send(CONNECT('other'))
    driver.advance(6_000)
    const second = told(visitor)
    const { clients, total } = JSON.parse(second.get('$SYS/broker/dashboard/clients')!) as {
      clients: { id: string }[], total: number
    }
    expect(total).toBe(3)
    expect(clients.find(({ id }) => id === 'caf\u00e9')).toMatchObject({
      user: 'anna', version: 4, will: 'gone/caf\u00e9', received: PUBLISH('t', 'x'.repeat(20)).length,
    })
    expect(second.get('$SYS/broker/log/board')).toContain('client: "other"')
    expect(JSON.parse(second.get('$SYS/broker/dashboard/numbers')!)).toMatchObject({ 'clients/connected': 4 })
  })

  it('ends with the last one, and so does what it takes of others', () => {
    const driver = boardStart()
    const plain = driver.connect(1_883)!
    plain.send(CONNECT('plain'))
    driver.settle()
    const printed = driver.board.evaluate('print.toString().length')
    const visitor = enter(driver)
    driver.advance(8_000)
    expect(driver.board.evaluate('print.toString().length')).not.toBe(printed)
    visitor.peer.end()
    driver.advance(3_000)
    expect(driver.board.evaluate('print.toString().length')).toBe(printed)
    plain.send(PUBLISH('t', 'still there'))
    driver.settle()
    const again = enter(driver)
    driver.advance(2_500)
    expect(told(again).has('$SYS/broker/dashboard/limits')).toBe(false)
    again.send(frame(SUBSCRIBE('$SYS/broker/dashboard/#')))
    driver.advance(6_000)
    expect(told(again).has('$SYS/broker/dashboard/clients')).toBe(true)
    expect(driver.board.uncaught).toEqual([])
  })
})
