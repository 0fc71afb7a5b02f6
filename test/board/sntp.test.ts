// The time of the network: a server that is right, one that is away, and one that lies in every way.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { bytesOfText } from '../../src/simulator/latin1'
import { timeAnswer } from '../../src/simulator/time_server'
import { storageWrite } from '../../scripts/lib/espruino.mjs'
import { ESPRUINO, startEspruino } from '../build/espruino'
import { distExtensions } from '../support/extensions'
import { PATIENCE_MS } from '../support/patience'
import { HOUR_MS, MINUTE_MS, STAGE, timeBoard, type Lie } from './time_world'

const START = '2026-12-21T16:00:00Z'
const TIME = { time: { server: 'fritz.box', zone: 'Europe/Berlin' } }
const SILENT = 'time: no answer from fritz.box: the clock goes on by itself'
const FOUND = 'time: Mon Dec 21 2026 17:00:00 GMT+0100, from fritz.box'

const changed = (change: (bytes: Uint8Array) => void): Lie => answer => {
  change(answer)
  return answer
}

const LIES: Record<string, Lie> = {
  'is too short': answer => answer.subarray(0, 47),
  'is empty': () => '',
  'repeats another question': changed(bytes => { bytes[31] ^= 1 }),
  'repeats none': changed(bytes => bytes.fill(0, 24, 32)),
  'is a question itself': changed(bytes => { bytes[0] = 0x23 }),
  'is broadcast': changed(bytes => { bytes[0] = 0x25 }),
  'has an alarm: the server does not know the time itself': changed(bytes => { bytes[0] = 0xe4 }),
  'is a kiss of death': changed(bytes => { bytes[1] = 0 }),
  'is of stratum 16': changed(bytes => { bytes[1] = 16 }),
  'was never sent': changed(bytes => bytes.fill(0, 40, 48)),
  'was sent before it came': changed(bytes => { bytes[43] -= 9 }),
  'was on its way for longer than the question waits': changed(bytes => { bytes[35] -= 60 }),
}

describe('a board that asks for the time', () => {
  it('has it at once, in its zone, and then asks once an hour', async () => {
    const board = await timeBoard('', TIME, START, false)
    board.driver.settle()
    expect(board.said()).toEqual([FOUND])
    board.driver.advance(24 * HOUR_MS)
    expect(board.asked()).toBe(25)
    expect(board.said()).toEqual([])
    expect(board.driver.board.evaluate('getTime()')).toBe(Date.parse(START) / 1_000 + 24 * 3_600)
  })

  it('follows the server, whichever way its own clock goes, without a word', async () => {
    const board = await timeBoard('', TIME, START, false)
    board.driver.settle()
    for (const aheadMs of [900, -1_500, 40_000, -10_000]) {
      board.aheadMs = aheadMs
      board.driver.advance(HOUR_MS)
      const nowMs = Date.parse(START) + board.driver.clock.nowMs()
      expect(Math.abs(Number(board.driver.board.evaluate('getTime() * 1000')) - nowMs - aheadMs)).toBeLessThan(5)
    }
    expect(board.said()).toEqual([FOUND])
  })

  it('asks again before its clock leaps, and does not where the second answer is another', async () => {
    const board = await timeBoard('', TIME, START, false)
    board.driver.settle()
    expect(board.said()).toEqual([FOUND])
    board.aheadMs = 7 * 86_400_000
    board.driver.advance(HOUR_MS)
    expect(board.asked()).toBe(2)
    board.aheadMs = 0
    board.driver.advance(MINUTE_MS)
    expect(board.asked()).toBe(3)
    expect(board.said()).toEqual([])
    expect(board.driver.board.evaluate('getTime()')).toBe(Date.parse(START) / 1_000 + 3_660)
    board.aheadMs = 86_400_000
    board.driver.advance(2 * HOUR_MS)
    expect(board.said())
      .toEqual([expect.stringMatching(/^time: Tue Dec 22 2026 19:00:\d\d GMT\+0100, from fritz.box$/)])
  })

  it.each(Object.entries(LIES))('does not believe an answer that %s', async (name, lie) => {
    const board = await timeBoard('midge.at("* * * * *", function () { say("by time") })', TIME, START, false, lie)
    board.driver.advance(HOUR_MS)
    expect(board.driver.board.evaluate('getTime() < 1e6')).toBe(true)
    // Who asks for fewer questions is not asked for an hour.
    const silence = 'time: no answer from fritz.box: what is to be at a time waits until there is one'
    expect(board.said()).toEqual(name === 'is a kiss of death' ? [] : [silence])
    board.lie = answer => answer
    board.driver.advance(3 * HOUR_MS)
    expect(board.said()).toContain('by time')
  })
})

describe('a time server that is away', () => {
  it('is asked ever less often, is missed once, and is found when it is back', async () => {
    const board = await timeBoard('midge.at("* * * * *", function () { say("by time") })', TIME, START, false, null)
    board.driver.advance(24 * HOUR_MS)
    expect(board.said()).toEqual(['time: no answer from fritz.box: what is to be at a time waits until there is one'])
    // 4, 8, 16 … 4,096 seconds and four for the answer.
    const asked = board.asked()
    expect(asked).toBeGreaterThan(20)
    expect(asked).toBeLessThan(35)
    board.lie = answer => answer
    board.driver.advance(2 * HOUR_MS)
    expect(board.said()[0]).toMatch(/^time: Tue Dec 22 2026 1\d:\d\d:\d\d GMT\+0100, from fritz.box$/)
  })

  it('leaves a clock that was set to itself', async () => {
    const board = await timeBoard('midge.at("0 * * * *", function () { say("by time") })', TIME, START, false)
    board.driver.settle()
    board.lie = null
    board.driver.advance(5 * HOUR_MS)
    expect(board.said()).toEqual([FOUND, 'by time', SILENT, 'by time', 'by time', 'by time', 'by time'])
  })

  it('is not listened to when its answer comes after the next question', async () => {
    const late: string[] = []
    const board = await timeBoard('', TIME, START, false, answer => {
      late.push(Buffer.from(answer).toString('latin1'))
      return null
    })
    board.driver.advance(MINUTE_MS)
    const { sent } = board.driver.board.datagrams
    expect(late.length).toBeGreaterThan(2)
    for (const answer of late.slice(0, -1)) {
      board.driver.board.datagrams.deliver(sent.at(-1)!.from, answer, { address: 'fritz.box', port: 123 })
    }
    board.driver.settle()
    expect(board.driver.board.evaluate('getTime() < 1e6')).toBe(true)
  })

  it('keeps no socket open while nobody answers', async () => {
    const board = await timeBoard('', TIME, START, false, null)
    board.driver.advance(HOUR_MS)
    expect(board.driver.board.datagrams.open).toBeLessThan(2)
  })
})

describe.skipIf(!ESPRUINO)('in a real Espruino, which ESPRUINO names', () => {
  it('the time comes over UDP, and a leap is asked about twice', async () => {
    const server = createSocket('udp4')
    const questions: Buffer[] = []
    server.on('message', (data, { address, port }) => {
      questions.push(data)
      const answer = timeAnswer(data.toString('latin1'), Date.now() + 86_400_000)
      server.send(bytesOfText(answer), port, address)
    })
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address()
    const settings = { time: { server: '127.0.0.1', zone: 'CET-1CEST,M3.5.0,M10.5.0/3' } }
    const files = { 'midge.json': JSON.stringify(settings), ...await distExtensions(settings) }
    // Its clock is this computer's, and its server's port another one.
    const around = `var dgram = require("dgram"), create = dgram.createSocket;
dgram.createSocket = function (type) {
  var socket = create(type), send = socket.send;
  socket.send = function (data, port, host) { send.call(socket, data, ${port}, host) };
  return socket;
};
global.setTime = function (seconds) { print("SET " + Math.round((seconds - Date.now() / 1000) / 3600)) };\n`
    const run = startEspruino(Object.entries(files).map(([name, data]) => storageWrite(name, data)).join('')
      + around + STAGE)
    const endMs = performance.now() + PATIENCE_MS
    while (!run.output().includes('time: ') && performance.now() < endMs) {
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    run.child.kill('SIGKILL')
    run.remove()
    server.close()
    expect(run.output()).toContain('SET 24')
    expect(run.output()).toMatch(/time: .* GMT\+0[12]00, from 127\.0\.0\.1/)
    expect(questions).toHaveLength(2)
    for (const question of questions) expect([question.length, question[0]]).toEqual([48, 0x23])
    expect(questions[0].subarray(40).equals(questions[1].subarray(40))).toBe(false)
  })
})
