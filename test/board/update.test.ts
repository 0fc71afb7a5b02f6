// A board whose program is replaced over the air: the ESP32's bundle with the extension m.update, simulated.
import { describe, expect, it } from 'vitest'
import { OverTheAir } from '../../src/flash/over_the_air'
import { UPDATE_TOPIC } from '../../src/flash/slot_layout'
import { bytesOfText } from '../../src/simulator/latin1'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { bundleText } from '../support/board_bundle'
import type { BoardWorld } from '../support/board_world'
import { connect, publish } from '../support/client'
import { distExtensions } from '../support/extensions'
import { ANNA, OTTO, SETTINGS, carrierOf, printed, update, updateWorld } from './update_world'

const MINUTE_MS = 60_000

/** The broker, which says what it is called when it starts. */
const programOf = (name: string): string => `print("program ${name}");${bundleText('esp32')}`
const starts = (world: BoardWorld): string[] => printed(world, /^(program|restart|update)/)

async function restarted(world: BoardWorld): Promise<void> {
  await world.advance(1_100)
}

describe('a program that comes over the air', () => {
  it('runs from the next start on, and is kept when it has come up', async () => {
    const world = await updateWorld()
    expect(await update(world, programOf('two'))).toBe(1)
    await restarted(world)
    expect(starts(world)).toEqual([
      expect.stringMatching(/^update: \d+ bytes come from "anna"$/), 'update: the board starts anew with it',
      'restart: reboot', 'program two',
    ])
    await connect(world, { username: 'otto', password: OTTO.password })
    await world.advance(MINUTE_MS)
    expect(starts(world).at(-1)).toBe('update: the new program is kept')
    // It goes to the other slot, and the one after that to the first again.
    expect(await update(world, programOf('three'))).toBe(2)
    await restarted(world)
    expect(starts(world).at(-1)).toBe('program three')
    await connect(world, { username: 'otto', password: OTTO.password })
    await world.advance(MINUTE_MS)
    expect(await update(world, programOf('four'))).toBe(3)
    await restarted(world)
    expect(starts(world).at(-1)).toBe('program four')
    world.driver.board.evaluate('E.reboot()')
    await world.advance(10)
    expect(starts(world).at(-1)).toBe('program four')
  })

  it('says what runs', async () => {
    const world = await updateWorld()
    await update(world, programOf('two'))
    await restarted(world)
    const { carrier } = await carrierOf(world, ANNA)
    expect(await new OverTheAir(carrier).hello()).toEqual({ board: 'ESP32', number: 1 })
  })

  it('comes whole where messages are lost', async () => {
    const world = await updateWorld()
    let count = 0
    const { carrier } = await carrierOf(world, ANNA, (topic) => /\d$/.test(topic) && ++count === 3)
    await new OverTheAir(carrier).send(bytesOfText('print("program small");'.repeat(200)), ANNA, () => undefined)
    expect(count).toBeGreaterThan(12)
    await restarted(world)
    expect(starts(world).at(-1)).toBe('program small')
  }, 60_000)
})

describe('a program that does not come up', () => {
  it.each([
    ['cannot be read', 'print("program bad");function ('],
    ['throws', 'print("program bad");throw new Error("bad")'],
  ])('and %s is given up at once', async (_what, program) => {
    const world = await updateWorld()
    await update(world, programOf('two'))
    await restarted(world)
    await connect(world, { username: 'otto', password: OTTO.password })
    await world.advance(MINUTE_MS)
    await update(world, program)
    await restarted(world)
    expect(starts(world).slice(-3)).toEqual([
      'update: the program before goes on', 'restart: reboot', 'program two',
    ])
  })

  it('and does nothing is given up in ten minutes, for the one that the cable brought', async () => {
    const world = await updateWorld()
    await update(world, 'print("program bad");setInterval(function(){},1000)')
    await restarted(world)
    expect(world.driver.connect(1883)).toBeNull()
    await world.advance(10 * MINUTE_MS)
    expect(starts(world).slice(-3)).toEqual([
      'update: it has not come up', 'update: the program before goes on', 'restart: reboot',
    ])
    await connect(world, { username: 'otto', password: OTTO.password })
  })

  it('and starts the board anew again and again has three attempts', async () => {
    const world = await updateWorld()
    await update(world, 'print("program bad");setTimeout(function(){E.reboot()},5000)')
    await restarted(world)
    await world.advance(MINUTE_MS)
    expect(printed(world, /^program/)).toEqual(['program bad', 'program bad', 'program bad'])
    await connect(world, { username: 'otto', password: OTTO.password })
  })

  it('is not what a power cut is taken for', async () => {
    const world = await updateWorld()
    await update(world, programOf('two'))
    await restarted(world)
    world.driver.board.powerOff()
    world.driver.start()
    expect(starts(world).at(-1)).toBe('program two')
  })
})

describe('who may replace the program', () => {
  const refused = async (world: BoardWorld, user: typeof ANNA): Promise<string> => {
    const { carrier } = await carrierOf(world, user)
    return new OverTheAir(carrier).send(bytesOfText('print("evil")'), user, () => undefined)
      .then(() => 'taken', ({ message }: Error) => message)
  }

  it('is nobody but users that update names, each with his password', async () => {
    const world = await updateWorld()
    expect(await refused(world, OTTO)).toBe('the board refuses it: not authorised')
    expect(await refused(world, OTTO)).toMatch(/somebody has just failed/)
    await world.advance(5_000)
    const { carrier } = await carrierOf(world, OTTO)
    // By another user's connection, and a password that is not his.
    const other = { name: 'anna', password: OTTO.password }
    const air = new OverTheAir(carrier)
    await expect(air.send(bytesOfText('x'), other, () => undefined)).rejects.toThrow('not authorised')
    await world.advance(5_000)
    expect(printed(world, /^update: refused/)).toEqual([
      'update: refused, as "otto"', 'update: refused, as "anna"',
    ])
    const before = Buffer.from(world.driver.board.flash.bytes)
    const peer = await connect(world, { username: 'otto', password: OTTO.password })
    for (const [step, payload] of [['0', btoa('evil')], ['finish', ''], ['prove', 'x'], ['offer', '{'], ['x', 'y']]) {
      await publish(peer, UPDATE_TOPIC + step, payload)
    }
    expect(Buffer.from(world.driver.board.flash.bytes).equals(before)).toBe(true)
    expect(printed(world, /evil/)).toEqual([])
  })

  it('is nobody where the program is not the one that was shown', async () => {
    const world = await updateWorld()
    const { carrier } = await carrierOf(world, ANNA)
    const bent = { ...carrier, publish: (topic: string, payload: string) =>
      carrier.publish(topic, /\d$/.test(topic) ? btoa('evil') : payload) }
    await expect(new OverTheAir(bent).send(bytesOfText('good'), ANNA, () => undefined))
      .rejects.toThrow('it did not arrive as it was sent')
    await restarted(world)
    expect(printed(world, /^restart/)).toEqual([])
  })

  it('needs a rule where there are some', async () => {
    const acl = ['user anna', 'topic hall/#']
    const heard = async (lines: string[]): Promise<string[]> => {
      const world = await updateWorld({ 'midge.json': JSON.stringify({ ...SETTINGS, acl: lines }) })
      const peer = await connect(world, { username: 'anna', password: ANNA.password })
      const offer = JSON.stringify({ id: 'a', user: 'anna', size: 1, hash: '0'.repeat(64) })
      await publish(peer, UPDATE_TOPIC + 'offer', offer)
      await publish(peer, UPDATE_TOPIC + 'prove', 'x')
      await world.advance(20)
      return printed(world, /^update/)
    }
    expect(await heard(acl)).toEqual([])
    expect(await heard([...acl, 'topic midge/#'])).toEqual(['update: refused, as "anna"'])
  })

  it('is nobody where the firmware has no crypto', async () => {
    const files = { 'midge.json': JSON.stringify(SETTINGS), ...await distExtensions(SETTINGS) }
    const driver = new VirtualDriver({ files: { ...files, '.bootcde': bundleText('esp32') }, lacks: ['crypto'] })
    driver.start()
    expect(driver.board.output).toContain('update: this firmware has no crypto')
  })

  it.each([
    [{ update: ['anna'] }, 'anna is no user with a password'],
    [{ users: { anna: '' }, update: ['anna'] }, 'anna is no user with a password'],
    [{ users: { anna: 'x' }, update: [] }, 'must be a list of names of users'],
  ])('is nobody with %j', async (settings, why) => {
    const world = await updateWorld({ 'midge.json': JSON.stringify(settings) })
    expect(printed(world, /^midge.json/)).toEqual([`midge.json: update: ${why}`])
    expect(world.driver.board.evaluate('typeof midge')).toBe('object')
  })
})

it('a broker that comes by cable afterwards runs, whatever came over the air before', async () => {
  const world = await updateWorld()
  await update(world, programOf('two'))
  await restarted(world)
  world.driver.board.writeFile('.bootcde', programOf('by cable'))
  world.driver.board.evaluate('E.reboot()')
  await world.advance(10)
  expect(starts(world).at(-1)).toBe('program by cable')
  await update(world, programOf('three'))
  await restarted(world)
  expect(starts(world).at(-1)).toBe('program three')
})
