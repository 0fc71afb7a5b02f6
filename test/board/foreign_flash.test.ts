// A board whose midge.db is not what it wrote: another program's bytes, or its own of which every head is wrong. It
// says so in one line, starts empty, cleans it by itself, and never in circles; Storage beside it stays as it is.

import { describe, expect, it } from 'vitest'
import { STORAGE_START } from '../../src/flash/layout'
import { Random } from '../model/random'
import { boardWorld, type BoardWorld } from '../support/board_world'
import { connect, connectWithConnack, publish, subscribe } from '../support/client'

const SECTOR_SIZE = 4_096
const UNIT_SIZE = 16
const SECTORS = 159
/** The first sector stands behind the one with the file's own head. */
const FIRST = STORAGE_START + SECTOR_SIZE
/** A board cleans a sector a second, and a sector of bytes that look like nothing takes no more. */
const CLEAN_MS = 400_000
const FILES = { 'midge.json': '{}', 'other.txt': 'beside it' }

const start = (flash?: Uint8Array): Promise<BoardWorld> => boardWorld('esp32', {}, 1, FILES, {}, flash)

/** The flash of a board that has kept much. */
async function usedFlash(): Promise<Uint8Array> {
  const world = await start()
  const client = await connect(world, { version: 5, clientId: 'keeper', clean: false,
    properties: { sessionExpiryInterval: 10_000 } })
  await subscribe(client, { topic: 'a/#', qos: 1 })
  for (let i = 0; i < 120; i++) await publish(client, `b/${i}`, 'x'.repeat(400), { qos: 1, retain: true })
  return world.flash!.slice()
}

const sectorsOf = (flash: Uint8Array): Uint8Array[] => Array.from({ length: SECTORS }, (_, sector) =>
  flash.subarray(FIRST + sector * SECTOR_SIZE, FIRST + (sector + 1) * SECTOR_SIZE))

const isWritten = (unit: Uint8Array): boolean => unit.some((byte) => byte !== 0xff)

const WRONG: Record<string, (flash: Uint8Array) => void> = {
  'another program\'s bytes': (flash) => {
    const random = new Random(7)
    for (const sector of sectorsOf(flash)) sector.forEach((_, at) => { sector[at] = random.below(256) })
  },
  'zeros': (flash) => { for (const sector of sectorsOf(flash)) sector.fill(0) },
  'sectors whose every head is wrong': (flash) => {
    for (const sector of sectorsOf(flash)) if (isWritten(sector)) sector[12] ^= 0x10
  },
  'records whose every head has a wrong check sum': (flash) => {
    for (const sector of sectorsOf(flash)) {
      for (let at = UNIT_SIZE; at < SECTOR_SIZE; at += UNIT_SIZE) {
        if (isWritten(sector.subarray(at, at + UNIT_SIZE))) sector[at + 12] ^= 0x5a
      }
    }
  },
}

describe.each(Object.entries(WRONG))('a midge.db of %s', (_name, spoil) => {
  it('is told of in one line, and a board with it starts empty and keeps what it is told then', async () => {
    const flash = await usedFlash()
    spoil(flash)
    const world = await start(flash)
    const { board } = world.driver
    expect(board.output.filter((line) => line.includes('damaged'))).toHaveLength(1)
    const { peer: reader, connack } = await connectWithConnack(world, { version: 5, clientId: 'keeper', clean: false })
    expect(connack.sessionPresent).toBe(false)
    await subscribe(reader, { topic: '#', qos: 0 })
    expect(await reader.drain()).toEqual([])
    await world.advance(CLEAN_MS)
    await publish(reader, 'kept', 'again', { qos: 1, retain: true })
    expect(board.starts).toBe(1)
    const again = await start(world.flash)
    const other = await connect(again, { version: 5 })
    await subscribe(other, { topic: '#', qos: 0 })
    expect((await other.drain()).map(({ topic }) => topic)).toEqual(['kept'])
    expect(again.driver.board.output.filter((line) => line.includes('damaged'))).toEqual([])
    expect(again.driver.board.evaluate('require("Storage").read("other.txt")')).toBe('beside it')
    await again.close()
  })
})
