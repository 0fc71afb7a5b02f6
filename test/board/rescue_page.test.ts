// The page of a board's own network, and the names that lead there: what anybody may send it.
import dnsPacket from 'dns-packet'
import { describe, expect, it } from 'vitest'
import { ask, exchange, get, post, rescueWorld, SETTINGS, typed, untilOpen, query } from './rescue_world'

describe('its page', () => {
  const hostile = '<img src=x onerror=alert(1)>"\'&'

  it('shows names of networks as text, the strongest first, and takes those that are none', async () => {
    const latin1 = 'Caf\xe9'
    const networks = { [hostile]: 'a'.repeat(8), [latin1]: 'eight888', ...Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`net${index}`, ''])) }
    const world = await rescueWorld(SETTINGS, networks)
    untilOpen(world)
    const { text } = get(world.driver, '192.168.4.1', '/')
    expect(text).toContain('&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;')
    expect(text).not.toContain('<img')
    expect(text).toContain('net9 (no password)')
    expect(text).not.toContain('net10')
    expect(post(world.driver, `n=${Buffer.from(latin1, 'latin1').toString('hex')}&o=&p=eight888`).status).toBe(200)
    await world.advance(10_000)
    expect(world.driver.board.wifi.station).toBe('connected')
    const next = await rescueWorld(SETTINGS, networks, world.flash)
    await next.advance(3_000)
    expect(next.driver.board.wifi.station).toBe('connected')
  })

  it.each([
    ['', 'Which network?'],
    ['n=&o=&p=longenough', 'Which network?'],
    [typed('x'.repeat(33), 'longenough'), 'up to 32 bytes'],
    [typed('ü'.repeat(17), 'longenough'), 'up to 32 bytes'],
    [`n=${'41'.repeat(33)}&p=`, 'up to 32 bytes'],
    ['n=4&p=', 'That name is no text'],
    ['n=zz&p=', 'That name is no text'],
    ['o=%ff%fe&p=', 'That name is no text'],
    ['o=%c0%af&p=', 'That name is no text'],
    ['o=%ed%a0%80&p=', 'That name is no text'],
    ['o=a%00b&p=', 'That name is no text'],
    ['o=a%&p=', 'That name is no text'],
    ['o=home&p=%zz', 'That password is no text'],
    ['o=home&p=1234567', 'has 8 to 63 bytes'],
    [`o=home&p=${'a'.repeat(64)}`, 'has 8 to 63 bytes'],
  ])('refuses %s', async (form, sentence) => {
    const world = await rescueWorld()
    untilOpen(world)
    const answer = post(world.driver, form)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(sentence)
    await world.advance(10_000)
    expect(world.driver.board.wifi.accessPoint).toBe('midge-0002')
  })

  it('takes names in UTF-8, and a network without a password', async () => {
    const name = Buffer.from('Küche 😀', 'utf8').toString('latin1')
    const world = await rescueWorld(SETTINGS, { [name]: '' })
    untilOpen(world)
    expect(post(world.driver, typed('Küche 😀', '')).status).toBe(200)
    await world.advance(10_000)
    expect(world.driver.board.wifi.station).toBe('connected')
  })

  it('takes no form of another site', async () => {
    const world = await rescueWorld()
    untilOpen(world)
    expect(post(world.driver, typed('home', 'new secret'), 'Origin: http://evil.example\r\n').status).toBe(403)
    expect(post(world.driver, typed('home', 'new secret'), 'Origin: http://192.168.4.1\r\n').status).toBe(200)
  })

  it('takes a request in pieces, and none that is too long or never ends', async () => {
    const world = await rescueWorld()
    const { driver } = world
    untilOpen(world)
    const request = 'GET / HTTP/1.1\r\nhost:192.168.4.1\r\n\r\n'
    expect(exchange(driver, request, 1)).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(exchange(driver, 'x'.repeat(4_000), 500)).toMatch(/^HTTP\/1.1 413 /)
    expect(exchange(driver, `POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n${'x'.repeat(4_000)}`)).toMatch(/ 413 /)
    expect(exchange(driver, 'x\r\n\r\n')).toMatch(/ 302 /)
    expect(exchange(driver, 'GET / HTTP/1.1\r\n\r\r\n')).toBe('')
    // Who says nothing keeps nobody out for long; four may at a time.
    const used = driver.board.tcp.socketsUsed
    const silent = Array.from({ length: 4 }, () => driver.connect(80)!)
    driver.settle()
    const fifth = driver.connect(80)!
    driver.settle()
    expect(fifth.closed).toBe(true)
    await world.advance(9_000)
    expect(silent.every((peer) => peer.closed)).toBe(true)
    for (const peer of [...silent, fifth]) peer.end()
    driver.settle()
    expect(driver.board.tcp.socketsUsed).toBe(used)
    expect(get(driver, '192.168.4.1', '/').status).toBe(200)
    await world.close()
  })

  it('answers queries for names alone, and nothing that is none', async () => {
    const world = await rescueWorld()
    const { driver } = world
    untilOpen(world)
    const [answer] = ask(driver, query('example.com', 'AAAA')).map((bytes) => dnsPacket.decode(bytes))
    expect(answer).toMatchObject({ rcode: 'NOERROR', answers: [], questions: [{ type: 'AAAA', name: 'example.com' }] })
    const whole = query('a.example.com')
    for (let size = 0; size < whole.length; size++) expect(ask(driver, whole.subarray(0, size))).toEqual([])
    const changed = (at: number, byte: number): Buffer => Buffer.from(whole.map((old, i) => i === at ? byte : old))
    // A response, another kind of query, two questions, a name that refers to itself, and one without an end.
    for (const [at, byte] of [[2, 0x81], [2, 0x10], [5, 2], [12, 0xc0], [12, 63]]) {
      expect(ask(driver, changed(at, byte))).toEqual([])
    }
    expect(ask(driver, Buffer.concat([whole.subarray(0, 12), Buffer.alloc(500, 1)]))).toEqual([])
    await world.close()
  })
})
