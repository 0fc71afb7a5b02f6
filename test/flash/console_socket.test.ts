// Boards with two sockets, of which one has the console.

import { describe, expect, it, vi } from 'vitest'
import { followBoard } from '../../scripts/flash/follow.mjs'
import { NodePort, portInfo } from '../../scripts/flash/node_port.mjs'
import * as flash from '../../src/flash'
import type { WebSerialPort } from '../../src/flash'
import { chipLayout } from '../../src/flash/layout'
import type { ChipName } from '../../src/flash/layout'
import { Programmer } from '../../src/flash/programmer'
import { StandInChip } from '../../src/simulator/chip/stand_in_chip'
import { StandInPort } from '../../src/simulator/chip/stand_in_port'

const CONVERTER = { vendorId: '10c4', productId: 'ea60' }
const OWN_USB = { vendorId: '303a', productId: '1001' }

const portOf = (port: object): WebSerialPort => ({ getInfo: () => portInfo(port) }) as WebSerialPort

describe('the console of', () => {
  it.each<[ChipName, string, object, string | undefined]>([
    ['ESP32-S3', '2v26', OWN_USB, 'UART'], ['ESP32-S3', '2v28.99', OWN_USB, 'UART'],
    ['ESP32-S3', '2v28', CONVERTER, undefined], ['ESP32-S3', '2v29', CONVERTER, 'USB'],
    ['ESP32-S3', '2v30', OWN_USB, undefined],
    ['ESP32-S3', '', CONVERTER, undefined], ['ESP32-S3', '2v28', {}, undefined],
    ['ESP32-C3', '2v28', CONVERTER, 'USB'], ['ESP32', '2v28', CONVERTER, undefined],
  ])('an %s with %s, whose cable is in %j, is elsewhere: %s', (chip, version, port, socket) => {
    expect(flash.otherSocket(chipLayout(chip)!, version, portOf(port))).toBe(socket)
  })

  it.each([
    ['2v28', 'UART', /^Espruino 2v28 on an ESP32-S3 .* marked UART \(or COM\), .* needs Espruino 2v29 or newer\.$/],
    ['2v29', 'USB', /marked USB, .* without that socket needs Espruino 2v28\.$/],
  ] as const)('an ESP32-S3 with %s is named: %s', (version, socket, sentence) => {
    expect(flash.socketAdvice(chipLayout('ESP32-S3')!, version, socket)).toMatch(sentence)
  })
})

describe('a cable in the chip\'s own USB', () => {
  it('takes the board into its loader and out again', async () => {
    const chip = new StandInChip('ESP32-S3')
    chip.isUsb = true
    const board = await Programmer.connect(new StandInPort(chip))
    expect(chip.state).toBe('stub')
    await board.start()
    expect(chip.state).toBe('program')
    await board.close()
  })

  it('is known to a computer with Node.js before it is opened', async () => {
    const port = new NodePort('/dev/absent', flash)
    await expect(port.open({ baudRate: 115_200 })).rejects.toMatchObject({ problem: 'no port' })
    expect(flash.socketOf(port as unknown as WebSerialPort)).toBeUndefined()
    port.info = portInfo(OWN_USB)
    expect(flash.socketOf(port as unknown as WebSerialPort)).toBe('USB')
  })
})

describe('a board whose console is at its other socket', () => {
  const silent = { heard: () => new Uint8Array(), close: async () => undefined }
  const log = (address: string): object => Object.assign(new flash.BootLog(), { address })
  const say = vi.spyOn(console, 'log').mockImplementation(() => undefined)

  it('is followed there once the cable is', async () => {
    const opened: string[] = []
    const module = {
      ...flash,
      followBoot: async (_: object, __: object, ms: number) => Object.assign(new flash.BootLog(), { ms }),
      followRestart: async (port: NodePort) => { opened.push(port.path); return log('192.168.1.9') },
    }
    let looks = 0
    const ports = async (): Promise<object[]> =>
      // Another converter is there all the time.
      [{ path: '/dev/ttyACM0', ...OWN_USB }, { path: '/dev/ttyUSB1', ...CONVERTER },
        ...looks++ > 1 ? [{ path: '/dev/ttyUSB0', ...CONVERTER }] : []]
    expect(await followBoard(module, silent, 'UART', 60, ports)).toMatchObject({ address: '192.168.1.9' })
    expect(opened).toEqual(['/dev/ttyUSB0'])
    expect(say.mock.calls.join('\n')).toContain('plug the cable into the socket marked UART or COM: waiting for it')
  })

  it('is followed there where both cables are in, and none is new', async () => {
    const opened: string[] = []
    const module = {
      ...flash, followBoot: async () => log(''),
      followRestart: async (port: NodePort) => { opened.push(port.path); return log('192.168.1.9') },
    }
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const followed = followBoard(module, silent, 'USB', 60, async () => [{ path: '/dev/ttyACM0', ...OWN_USB }])
    await vi.advanceTimersByTimeAsync(6_000)
    vi.useRealTimers()
    expect(await followed).toMatchObject({ address: '192.168.1.9' })
    expect(opened).toEqual(['/dev/ttyACM0'])
  })

  it('is left alone where it has said all at this one, or no cable comes', async () => {
    const heard = { ...flash, followBoot: async () => log('192.168.1.9'), followRestart: () => { throw new Error() } }
    expect(await followBoard(heard, silent, 'UART', 60)).toMatchObject({ address: '192.168.1.9' })
    const unheard = { ...flash, followBoot: async () => log(''), followRestart: () => { throw new Error() } }
    expect(await followBoard(unheard, silent, 'UART', 0, async () => [])).toMatchObject({ address: '' })
  })
})

describe('a board that runs', () => {
  /** A board that answers one packet and prints a line when it is started anew. */
  function running (): { port: WebSerialPort, heard: () => string } {
    let heard = ''
    let out: ReadableStreamDefaultController<Uint8Array>
    const write = async (bytes: Uint8Array): Promise<void> => {
      heard += Buffer.from(bytes).toString('latin1')
      out.enqueue(Buffer.from('\x06\x10\x01\x20\x010'))
      // It has just joined another network, when it is started anew.
      out.enqueue(Buffer.from('Wi-Fi connected, address 10.0.0.7\r\n'))
      const again = 'the board starts anew\r\nrst:0xc\r\nWi-Fi connected, address 192.168.1.9\r\n'
      setTimeout(() => out.enqueue(Buffer.from(again)), 300)
    }
    const port = {
      readable: new ReadableStream<Uint8Array>({ start: controller => { out = controller } }),
      writable: new WritableStream<Uint8Array>({ write }),
      open: async () => undefined, close: async () => undefined,
    } as unknown as WebSerialPort
    return { port, heard: () => heard }
  }

  it('is started anew to be heard, which says again what it has said', async () => {
    const { port, heard } = running()
    const lines: string[] = []
    const { address } = await flash.followRestart(port, line => lines.push(line))
    expect([address, lines.slice(-2)]).toEqual(['192.168.1.9', ['rst:0xc', 'Wi-Fi connected, address 192.168.1.9']])
    expect(heard()).toContain('E.reboot()')
  })
})
