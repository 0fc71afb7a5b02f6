// The extension m.rescue: a board whose Wi-Fi is lost for good opens a network of its own, where another one is chosen.
import dnsPacket from 'dns-packet'
import { describe, expect, it } from 'vitest'
import { connect, connectWithConnack, publish, subscribe } from '../support/client'
import { ask, get, post, rescueWorld, SETTINGS, typed, untilOpen, query } from './rescue_world'

const MINUTE_MS = 60_000

describe('a home whose Wi-Fi has another password now', () => {
  it('is mended with a phone, and goes on with its sessions', async () => {
    const world = await rescueWorld(SETTINGS, { home: 'old secret' })
    const { driver } = world
    const { wifi } = driver.board
    await world.advance(3_000)
    // What the firmware opens by itself is closed.
    expect(wifi.accessPoint).toBeNull()
    const anna = { username: 'anna', password: 'right' }
    const away = await connect(world, { ...anna, clientId: 'lamp', clean: false, version: 4 })
    await subscribe(away, { topic: 'hall/#', qos: 1 })
    await away.drop()
    wifi.networks.home = 'new secret'
    wifi.lose()
    untilOpen(world)
    expect(wifi.accessPointPassword).toBe('on the fridge')
    expect(driver.board.output.filter((line) => line.startsWith('Wi-Fi lost')).length).toBe(6)
    // What a phone asks first.
    for (const [host, path] of [
      ['captive.apple.com', '/hotspot-detect.html'], ['connectivitycheck.gstatic.com', '/generate_204'],
      ['www.msftconnecttest.com', '/connecttest.txt'], ['detectportal.firefox.com', '/canonical.html'],
    ]) {
      const [answer] = ask(driver, query(host)).map((bytes) => dnsPacket.decode(bytes))
      expect(answer).toMatchObject({ id: 7, type: 'response', rcode: 'NOERROR', flag_aa: true, flag_rd: true })
      expect(answer.answers).toMatchObject([{ name: host, type: 'A', ttl: 5, data: '192.168.4.1' }])
      expect(get(driver, host, path)).toMatchObject({ status: 302, location: 'http://192.168.4.1/' })
    }
    const page = get(driver, '192.168.4.1', '/')
    expect(page.status).toBe(200)
    const found = /value="([0-9a-f]+)"> home</.exec(page.text)![1]
    const answer = post(driver, `n=${found}&o=&p=new+secret`)
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.text).toContain('joins <b>home</b> now')
    await world.advance(10_000)
    expect(wifi.station).toBe('connected')
    expect(wifi.accessPoint).toBeNull()
    // All of it is gone.
    expect(driver.board.tcp.ports).toEqual([1883])
    const source = await connect(world, anna)
    await publish(source, 'hall/lamp', 'on', { qos: 1 })
    const { peer, connack } = await connectWithConnack(world, { ...anna, clientId: 'lamp', clean: false, version: 4 })
    expect(connack.sessionPresent).toBe(true)
    expect(String((await peer.receive('publish') as { payload: Buffer }).payload)).toBe('on')
    await world.close()
    // And the next start joins at once.
    const next = await rescueWorld(SETTINGS, { home: 'new secret' }, world.flash)
    await next.advance(3_000)
    expect(next.driver.board.output).toContain('Wi-Fi connected, address 192.168.1.50')
    expect(next.driver.board.output.join()).not.toContain('Wi-Fi lost')
  })

  it('joins by itself when its old network is back, while nobody asks for the page', async () => {
    const world = await rescueWorld()
    untilOpen(world)
    await world.advance(5 * MINUTE_MS)
    const { wifi, output, tcp } = world.driver.board
    const turns = output.filter((line) => line === 'access point midge-0002').length
    expect(turns).toBeGreaterThan(1)
    expect(turns).toBeLessThan(5)
    wifi.networks.home = 'old secret'
    await world.advance(3 * MINUTE_MS)
    expect(wifi).toMatchObject({ station: 'connected', accessPoint: null })
    expect(tcp.ports).toEqual([1883])
    // When it is lost again it begins anew.
    wifi.networks.home = 'new secret'
    wifi.lose()
    untilOpen(world)
  })

  it('leaves who uses the page alone, for ten minutes at the most', async () => {
    const world = await rescueWorld()
    untilOpen(world)
    const { wifi } = world.driver.board
    for (let s = 0; s < 9 * 60; s += 60) {
      await world.advance(MINUTE_MS)
      expect(wifi.accessPoint).toBe('midge-0002')
      get(world.driver, '192.168.4.1', '/')
    }
    wifi.networks.home = 'old secret'
    for (let s = 0; s < 120; s++) {
      await world.advance(1_000)
      if (wifi.accessPoint !== null) get(world.driver, '192.168.4.1', '/')
    }
    expect(wifi.station).toBe('connected')
  })

  it('says why another network was not joined, and keeps the one that it had', async () => {
    const world = await rescueWorld()
    const { driver } = world
    const { wifi } = driver.board
    untilOpen(world)
    post(driver, typed('home', 'wrong secret'))
    await world.advance(5_000)
    untilOpen(world)
    expect(get(driver, '192.168.4.1', '/').text)
      .toContain('The board could not join home: WRONG_KEY. Is the password right?')
    wifi.networks.home = 'old secret'
    await world.advance(4 * MINUTE_MS)
    expect(wifi.station).toBe('connected')
    const next = await rescueWorld(SETTINGS, { home: 'old secret' }, world.flash)
    await next.advance(3_000)
    expect(next.driver.board.wifi.station).toBe('connected')
  })

  it('opens no network without a password for one, and an open one only where it says so', async () => {
    const closed = await rescueWorld({ wifi_ssid: 'home', wifi_password: 'old secret' })
    await closed.advance(10 * MINUTE_MS)
    expect(closed.driver.board.wifi.accessPoint).toBeNull()
    const open = await rescueWorld({ ...SETTINGS, wifi_ap_password: '' })
    untilOpen(open)
    expect(open.driver.board.wifi.accessPointPassword).toBe('')
  })
})

describe('the access point', () => {
  it('opens at once where no network is named, with its password', async () => {
    const world = await rescueWorld({ wifi_ap_password: 'on the fridge' }, { home: 'new secret' })
    untilOpen(world)
    expect(world.driver.board.output.join()).not.toContain('Wi-Fi lost')
    expect(world.driver.board.wifi.accessPointPassword).toBe('on the fridge')
    await world.advance(15 * MINUTE_MS)
    expect(world.driver.board.wifi.accessPoint).toBe('midge-0002')
    post(world.driver, typed('home', 'new secret'))
    await world.advance(10_000)
    expect(world.driver.board.wifi.station).toBe('connected')
  })

  it('opens where a button is held two seconds after the start, and closes when nobody comes', async () => {
    const settings = { ...SETTINGS, wifi_ap_pin: 'D25' }
    const world = await rescueWorld(settings, { home: 'old secret' })
    const { pins, wifi } = world.driver.board
    expect(pins.modes[25]).toBe('input_pullup')
    await world.advance(1_000)
    expect(wifi.station).toBe('off')
    pins.input(25, 0)
    untilOpen(world)
    await world.advance(3 * MINUTE_MS)
    expect(wifi).toMatchObject({ station: 'connected', accessPoint: null })
    const other = await rescueWorld(settings, { home: 'old secret' })
    other.driver.board.pins.input(25, 1)
    await other.advance(5_000)
    expect(other.driver.board.output.join()).not.toContain('access point')
    expect(other.driver.board.wifi.station).toBe('connected')
  })

  const noPassword = 'wifi_ap_password must be a text of 8 to 63 bytes, or empty for an open access point'
  const noPin = 'wifi_ap_pin must be a pin of this board, as "D0"'
  it.each([
    [{ wifi_ap_password: 'short' }, noPassword],
    [{ wifi_ap_pin: 'D0' }, noPassword],
    [{ wifi_ap_password: '', wifi_ap_pin: 'D77' }, noPin],
    [{ wifi_ap_password: '', wifi_ap_pin: 'print' }, noPin],
  ])('is none with %j', async (keys, sentence) => {
    const world = await rescueWorld({ wifi_ssid: 'home', wifi_password: 'old secret', ...keys })
    await world.advance(5 * MINUTE_MS)
    expect(world.driver.board.output).toContain(`midge.json: ${sentence}`)
    expect(world.driver.board.wifi.accessPoint).toBeNull()
  })
})

it('takes turns on an ESP32-C3 too, which cannot join a network while it has one of its own', async () => {
  const world = await rescueWorld(SETTINGS, { home: 'new secret' }, undefined, 'esp32c3')
  const { wifi } = world.driver.board
  untilOpen(world)
  await world.advance(3 * MINUTE_MS)
  untilOpen(world)
  post(world.driver, typed('home', 'new secret'))
  await world.advance(10_000)
  expect(wifi).toMatchObject({ station: 'connected', accessPoint: null })
})
