// The extension m.page on a board: requests as they come, in any pieces, and what nobody should send.
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { VirtualDriver } from '../../src/simulator/virtual_driver'
import { distExtensions } from '../support/extensions'
import { HEAD, SETTINGS, boardStart, enter, visit } from './page_world'
import { UPGRADE, WebVisitor, request } from './web_visitor'

const statusOf = (answer: Buffer): string => /^HTTP\/1.1 (\d+)/.exec(answer.toString('latin1'))?.[1] ?? ''

describe('the page', () => {
  it('comes whole, as the file that it is, wherever its request is cut', () => {
    const driver = boardStart()
    const text = request('GET /?from=bookmark HTTP/1.1', { Cookie: 'x'.repeat(700), 'User-Agent': 'test' })
    for (let at = 1; at < text.length; at += at > 60 && at < 700 ? 97 : 1) {
      const { visitor, answer } = visit(driver, text.slice(0, at), text.slice(at))
      const end = answer.indexOf('\r\n\r\n')
      const head = answer.subarray(0, end).toString()
      expect(head, `cut at ${at}`).toMatch(/^HTTP\/1.1 200 OK\r\n/)
      expect(head).toContain(`Content-Length: ${answer.length - end - 4}`)
      expect(head).toContain('Content-Encoding: gzip')
      expect(gunzipSync(answer.subarray(end + 4)).toString()).toMatch(/^<!doctype html>[^]*<\/html>\s*$/)
      expect(visitor.peer.closed).toBe(true)
    }
    expect(driver.board.uncaught).toEqual([])
  })

  it('waits for who reads slowly, and not for ever for who does not', () => {
    const driver = boardStart()
    const visitor = WebVisitor.open(driver)!
    const before = driver.board.tcp.socketsUsed
    visitor.peer.reading = false
    visitor.peer.bufferSize = 700
    visitor.send(request('GET / HTTP/1.1'))
    driver.advance(4_000)
    visitor.peer.reading = true
    expect(visitor.read().length).toBeGreaterThan(18_000)
    const stuck = WebVisitor.open(driver)!
    stuck.peer.reading = false
    stuck.peer.bufferSize = 700
    stuck.send(request('GET / HTTP/1.1'))
    driver.advance(20_000)
    expect(driver.board.tcp.socketsUsed).toBe(before - 1)
  })

  it('leaves its port to the page of the access point', async () => {
    const asked = { ...SETTINGS, wifi_ap_password: 'on the fridge' }
    const start = async (settings: object): Promise<VirtualDriver> =>
      boardStart(settings, { files: await distExtensions({ ...asked }) })
    expect(WebVisitor.open(await start(asked), 8_080)!.send(request('HEAD / HTTP/1.1')).toString()).toMatch(/200 OK/)
    const { board } = await start({ ...asked, dashboard: 80 })
    expect(board.output).toContain('midge.json: dashboard: 80 is the port of the access point\'s page')
  })

  it('is not asked for where midge.json does not, or is wrong', () => {
    expect(WebVisitor.open(boardStart({ dashboard: false }))).toBeNull()
    const wrong = boardStart({ dashboard: 'yes' })
    expect(wrong.board.output).toContain('midge.json: dashboard must be true, false or a port from 1 to 65535')
    expect(WebVisitor.open(boardStart({ dashboard: 8080 }), 8_080)!.send(request('HEAD / HTTP/1.1')).toString())
      .toMatch(/^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\n$/)
    const lacking = boardStart(SETTINGS, { lacks: ['crypto'] })
    expect(lacking.board.output).toContain('dashboard: this firmware has no crypto')
  })
})

/** A program is no browser, and names no origin. */
const PROGRAM = Object.fromEntries(Object.entries(UPGRADE).filter(([name]) => name !== 'Origin'))

describe('a request', () => {
  it.each([
    ['404', request('GET /none HTTP/1.1')],
    ['404', request('GET /../midge.json HTTP/1.1')],
    ['405', request('POST / HTTP/1.1', { 'Content-Length': '3' }) + 'abc'],
    ['405', request('HEAD / HTTP/1.1', UPGRADE)],
    ['426', request('GET /mqtt HTTP/1.1')],
    ['426', request('GET / HTTP/1.1', { ...UPGRADE, 'Sec-WebSocket-Version': '8' })],
    ['400', request('GET / HTTP/1.1', { ...UPGRADE, 'Sec-WebSocket-Key': 'short' })],
    ['400', request('GET / HTTP/1.1', { ...UPGRADE, 'Sec-WebSocket-Protocol': 'chat' })],
    ['400', 'GET /\r\n\r\n'],
    ['400', 'GET / SIP/2.0\r\nHost: midge\r\n\r\n'],
    ['400', 'GET / HTTP/1.1\r\n\r\n'],
    ['400', `GET /${'x'.repeat(600)} HTTP/1.1\r\nHost: midge\r\n\r\n`],
    ['431', request('GET / HTTP/1.1', { Cookie: 'x'.repeat(4_100) })],
    ['431', 'x'.repeat(4_100)],
    ['403', request('GET / HTTP/1.1', { Host: 'evil.example.com' })],
    ['403', request('GET / HTTP/1.1', { Host: 'local.evil.net:80' })],
    ['403', request('GET / HTTP/1.1', { ...UPGRADE, Origin: 'http://evil.example.com' })],
    ['403', request('GET / HTTP/1.1', { ...UPGRADE, Origin: 'null' })],
    ['403', request('GET / HTTP/1.1', { ...UPGRADE, Host: 'evil.net', Origin: 'http://evil.net' })],
    ['200', request('GET /index.html HTTP/1.0', { Host: '192.168.4.1' })],
    ['200', request('GET / HTTP/1.1', { Host: 'MIDGE:8080' })],
    ['101', request('GET / HTTP/1.1', PROGRAM)],
    ['101', `\r\n${HEAD.replace(/\r\n/g, '\n')}`],
  ])('is answered with %s: %j', (status, text) => {
    const driver = boardStart()
    const { answer, visitor } = visit(driver, text)
    expect(statusOf(answer)).toBe(status)
    expect(visitor.peer.closed).toBe(status !== '101')
    expect(driver.board.uncaught).toEqual([])
  })

  it('of nobody who asks for nothing takes the sockets of MQTT away', () => {
    const driver = boardStart()
    const idle = Array.from({ length: 20 }, () => WebVisitor.open(driver))
    idle.forEach((visitor) => visitor?.send('GET / HT'))
    // Ten sockets, of which two listen, and four are the page's at the most.
    const clients = Array.from({ length: 4 }, () => driver.connect(1_883))
    expect(clients).not.toContain(null)
    // Who comes last has the place of who came first.
    expect(statusOf(idle.at(-1)!.send('TP/1.1\r\nHost: midge\r\n\r\n'))).toBe('200')
    driver.advance(8_000)
    driver.settle()
    expect(idle.filter((visitor) => visitor && !visitor.peer.closed && !visitor.peer.wasReset)).toEqual([])
  })

  it('for a third WebSocket is told that there is no place, and the page is still served', () => {
    const driver = boardStart()
    enter(driver, 'a')
    const second = enter(driver, 'b')
    expect(statusOf(visit(driver, HEAD).answer)).toBe('503')
    expect(statusOf(visit(driver, request('GET / HTTP/1.1')).answer)).toBe('200')
    second.peer.end()
    driver.settle()
    enter(driver, 'c')
  })
})
