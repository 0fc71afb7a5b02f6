// What a board does beside carrying messages: midge.json, Wi-Fi, memory. The ESP32's bundle in the simulated board.

import { describe, expect, it } from 'vitest'
import { STORAGE_START } from '../../src/flash/layout'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import type { BoardOptions } from '../../src/simulator/options'
import { bundleText } from '../support/board_bundle'

/** What a board with plenty of variables says first. */
const ROOM = 'room for 1000 subscriptions, 600 retained and 256 queued messages'

function boot(configuration?: unknown, options: BoardOptions = {}): VirtualDriver {
  const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration)
  const files = { '.bootcde': bundleText('esp32'), ...text === undefined ? {} : { 'midge.json': text } }
  const driver = new VirtualDriver({ networks: { home: 'secret123' }, ...options, files })
  driver.start()
  driver.settle()
  return driver
}

/** CONNECT of 3.1.1, with a User Name and a password where they are given. */
function connectPacket(user?: string, password?: string, keepAlive = 60, client = 'c'): Uint8Array {
  const field = (text: string): number[] => [0, text.length, ...Buffer.from(text)]
  const flags = 2 | (user === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40)
  const body = [...field('MQTT'), 4, flags, 0, keepAlive, ...field(client), ...user === undefined ? [] : field(user),
    ...password === undefined ? [] : field(password)]
  return Uint8Array.from([0x10, body.length, ...body])
}

/** The return code of the CONNACK. */
function connackCode(driver: VirtualDriver, user?: string, password?: string, port = 1883): number | undefined {
  const peer = driver.connect(port)!
  peer.send(connectPacket(user, password))
  driver.settle()
  const code = peer.take()[3]
  peer.end()
  driver.settle()
  return code
}

describe('midge.json', () => {
  it('brings the board up as an access point where it is absent', () => {
    const { board } = boot()
    expect(board.output).toEqual([ROOM, 'access point midge-0002'])
    expect(board.wifi.accessPoint).toBe('midge-0002')
  })

  it.each([undefined, {}])('has room for nine clients with %j', (configuration) => {
    const driver = boot(configuration)
    const peers = Array.from({ length: 10 }, () => driver.connect(1883))
    driver.settle()
    expect(peers.filter((peer) => peer && !peer.closed).length).toBe(9)
  })

  it.each([
    [{ max_keepalive: 70_000 }, 'max_keepalive must be a number from 0 to 65535'],
    [{ max_packet_size: '100' }, 'max_packet_size must be a number from 20 to 140000'],
    [{ wifi_ssid: 5 }, 'wifi_ssid must be a text of 0 to 32'],
    [{ users: { anna: 1 } }, 'users: anna must be of type string'],
    [{ users: null }, 'users must be of type object'],
    [{ colour: 1 }, 'colour is not known'],
    [{ acl: 'topic a' }, 'acl must be of type array'],
    [{ acl: ['user anna', 'topics a'] }, 'acl: "topics a" is not understood, or one too many'],
    [{ acl: ['topic read a/#/b'] }, 'acl: "topic read a/#/b" is not understood, or one too many'],
    [{ acl: new Array(32).fill('topic a') }, 'acl: "topic a" is not understood, or one too many'],
    [{ toString: 1 }, 'toString is not known'],
    ['{"port"', 'it must be JSON: an object of keys and values'],
  ])('says what is wrong with %j, and comes up', (configuration, sentence) => {
    const driver = boot(configuration)
    expect(driver.board.output).toEqual([ROOM, `midge.json: ${sentence}`, 'access point midge-0002'])
    expect(driver.board.tcp.telnetOn).toBe(true)
    // Who was meant to come in is not known.
    expect(connackCode(driver)).toBe(5)
    expect(connackCode(driver, 'anna', 'right')).toBe(4)
  })

  it('lets in who it names', () => {
    const driver = boot({ users: { anna: 'right' }, port: 2883, wifi_ssid: 'home', wifi_password: 'secret123' })
    driver.advance(2_000)
    expect(connackCode(driver, 'anna', 'right', 2883)).toBe(0)
    for (const [user, password] of [['anna', 'wrong'], ['anna', undefined], ['toString', 'x'], ['bert', 'right']]) {
      expect(connackCode(driver, user, password, 2883)).toBe(4)
    }
    expect(connackCode(driver, undefined, undefined, 2883)).toBe(5)
    expect(driver.board.tcp.telnetOn).toBe(false)
  })

  it('leaves the firmware\'s console on where it says so, and takes its limits', () => {
    const driver = boot({ telnet: true, max_keepalive: 600, max_packet_size: 500 })
    expect(driver.board.tcp.telnetOn).toBe(true)
    expect(boot().board.tcp.telnetOn).toBe(false)
    const peer = driver.connect(1883)!
    peer.send(Uint8Array.from([0x10, 14, 0, 4, ...Buffer.from('MQTT'), 5, 2, 0xff, 0xff, 0, 0, 1, 97]))
    driver.settle()
    const connack = Buffer.from(peer.take())
    // Server Keep Alive and Maximum Packet Size.
    expect(connack.includes(Buffer.from([0x13, 600 >> 8, 600 & 0xff]))).toBe(true)
    expect(connack.includes(Buffer.from([0x27, 0, 0, 500 >> 8, 500 & 0xff]))).toBe(true)
  })

  it('lets in clients without a name beside them where it says so', () => {
    expect(connackCode(boot({ users: { anna: 'right' }, allow_anonymous: true }))).toBe(0)
  })
})

describe('Wi-Fi', () => {
  const configuration = { wifi_ssid: 'home', wifi_password: 'secret123', hostname: 'hall' }

  it('connects, and lets go of every client when the network is lost', () => {
    const driver = boot(configuration)
    driver.advance(2_000)
    expect(driver.board.output).toEqual([ROOM, 'Wi-Fi connected, address 192.168.1.50'])
    expect(driver.board.wifi.hostname).toBe('hall')
    const used = driver.board.tcp.socketsUsed
    driver.connect(1883)!.send(connectPacket())
    driver.settle()
    expect(driver.board.tcp.socketsUsed).toBe(used + 1)
    delete driver.board.options.networks.home
    driver.board.wifi.lose()
    driver.advance(5_000)
    expect(driver.board.tcp.socketsUsed).toBe(used)
    expect(driver.board.output).toContain('Wi-Fi lost, next attempt in 1 s')
  })

  it('tries again for ever, and finds the network when it is back', () => {
    const driver = boot(configuration, { networks: {} })
    driver.advance(600_000)
    expect(driver.board.output.at(-1)).toBe('Wi-Fi lost, next attempt in 64 s')
    driver.board.wifi.networks.home = 'secret123'
    driver.advance(70_000)
    expect(driver.board.output.at(-1)).toBe('Wi-Fi connected, address 192.168.1.50')
  })
})

describe('a board in need', () => {
  it('refuses connections while memory is low, and takes them again', () => {
    const driver = boot()
    const { usedBase, total } = driver.board.heap
    driver.board.heap.usedBase = total - 200
    driver.advance(2_000)
    expect(connackCode(driver)).toBeUndefined()
    driver.board.heap.usedBase = usedBase
    driver.advance(2_000)
    expect(connackCode(driver)).toBe(0)
  })

  it('starts again from its flash when there was no variable left, as the engine has taken a handler away', () => {
    const driver = boot()
    const { heap } = driver.board
    const { usedBase, total } = heap
    const open = (client: string): ReturnType<VirtualDriver['connect']> => {
      const peer = driver.connect(1883)!
      peer.send(connectPacket(undefined, undefined, 60, client))
      driver.settle()
      peer.take()
      return peer
    }
    const reader = open('reader')!
    reader.send(Uint8Array.from([0x82, 6, 0, 1, 0, 1, 0x61, 0]))
    driver.settle()
    reader.reading = false
    const sender = open('sender')!
    // QoS 1 and retained: acknowledged, so it is in flash.
    sender.send(Uint8Array.from([0x33, 6, 0, 1, 0x61, 0, 9, 0x78]))
    driver.settle()
    expect([...sender.take()]).toEqual([0x40, 2, 0, 9])
    heap.usedBase = total - 5
    for (let i = 0; i < 3; i++) {
      sender.send(Uint8Array.from([0x30, 103, 0, 1, 0x61, ...new Uint8Array(100)]))
      driver.settle()
    }
    expect(driver.board.output).toContain('Execution Interrupted')
    heap.usedBase = usedBase
    driver.advance(6_000)
    expect(driver.board.output).toContain('restart: reboot')
    driver.advance(2_000)
    const next = open('next')!
    next.send(Uint8Array.from([0x82, 6, 0, 1, 0, 1, 0x61, 0]))
    driver.settle()
    expect([...next.take()]).toEqual([0x90, 3, 0, 1, 0, 0x31, 4, 0, 1, 0x61, 0x78])
  })

  it.each([['forward', 1e9], ['back', -3_600]])('keeps its time where the clock is set %s', (_, seconds) => {
    const driver = boot()
    const peer = driver.connect(1883)!
    peer.send(connectPacket())
    driver.settle()
    peer.take()
    driver.advance(900)
    driver.board.evaluate(`setTime(getTime()+${seconds})`)
    // Heard between the jump and the next tick.
    peer.send(Uint8Array.of(0xc0, 0))
    // 1.5 times the Keep Alive of 60 s, and the tick behind it.
    driver.advance(90_000)
    expect([...peer.take(), peer.closed]).toEqual([0xd0, 0, false])
    driver.advance(2_000)
    expect(peer.closed).toBe(true)
  })

  // The engine runs its timers before it reads what has come.
  it.each([1_400, 2_000, 3_000, 4_900, 6_000, 30_000])('reads before it judges after a stall of %i ms', (stall) => {
    const driver = boot()
    const peer = driver.connect(1883)!
    const silent = driver.connect(1883)!
    peer.send(connectPacket(undefined, undefined, 1))
    silent.send(connectPacket(undefined, undefined, 1, 'silent'))
    driver.settle()
    peer.take()
    for (let times = 0; times < 3; times++) {
      driver.advance(900)
      peer.send(Uint8Array.of(0xc0, 0))
      driver.clock.moveTo(driver.clock.nowMs() + stall)
      driver.settle()
      expect([...peer.take(), peer.closed]).toEqual([0xd0, 0, false])
    }
    driver.advance(3_000)
    expect([silent.closed, peer.closed]).toEqual([true, true])
  })

  it('keeps nothing where Storage does not begin with its file, says so, and serves', () => {
    const flash = boot().board.flash.bytes.slice()
    // As Storage does with a file that is erased: its name is none any more.
    flash.fill(0, STORAGE_START + 4, STORAGE_START + 8)
    const driver = new VirtualDriver({ flash })
    driver.start()
    driver.settle()
    const said = 'no midge.db, all ends with the power: set it up anew'
    expect(driver.board.output).toContain(said)
    expect(connackCode(driver)).toBe(0)
    expect(boot().board.output).not.toContain(said)
  })

  it('goes on after an error that nobody caught, and says it', () => {
    const driver = boot()
    driver.board.evaluate('setTimeout(function () { throw new Error("oops") }, 1)')
    driver.advance(2_000)
    expect(driver.board.output).toContain('error: Error: oops')
    expect(connackCode(driver)).toBe(0)
  })
})
