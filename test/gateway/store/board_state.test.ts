// A copy of a board's flash is imported into a gateway: it has what the board has when it starts from the same flash,
// also where the power was cut in the midst of a write.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PAGE_SIZE, STORAGE_SIZE, STORAGE_START } from '../../../src/flash/layout'
import { KIND_UNIT, LARGE_UNIT, SECTOR_LARGE } from '../../../src/flash/record_format'
import { stateImport } from '../../../src/port/node/gateway/state'
import { RECORD_FILTERS, RECORD_RETAINED } from '../../../src/records/record_kind'
import { recordChanges, torn, wordsOf } from '../../board/torn_flash'
import { Random } from '../../model/random'
import { type Inquiry, judgeWhole } from '../../records/cuts'
import { Household, inquire } from '../../records/household'
import { type BoardWorld, boardWorld } from '../../support/board_world'
import { connect, publish, subscribe } from '../../support/client'
import { tablesIn } from '../../support/kept_tables'
import { tcp } from '../carriers'
import { ScratchStore } from '../scratch_store'
import { type SocketWorld, socketWorld } from '../socket_world'

const STEPS = 40
/** Of so many words one is where the power goes, by chance. */
const ONE_IN = 8
const FILES = { 'midge.json': JSON.stringify({ persist: ['always #'] }) }

const folder = mkdtempSync(join(tmpdir(), 'midge-board-'))
const backup = join(folder, 'backup.bin')
afterAll(() => rmSync(folder, { recursive: true }))

const board = (seed: number, flash?: Uint8Array): Promise<BoardWorld> => boardWorld('esp32', {}, seed, FILES, {}, flash)

/** A gateway that has what a copy of a flash has; and what was said of it. */
async function gatewayOf(flash: Uint8Array): Promise<{ world: SocketWorld, said: string }> {
  writeFileSync(backup, flash)
  const store = new ScratchStore()
  const said = await stateImport(backup, { location: join(store.folder, 'midge.db') })
  return { world: await socketWorld('a store', tcp, {}, store), said }
}

async function asked(world: BoardWorld | SocketWorld): Promise<Inquiry> {
  const found = await inquire(world)
  await world.close()
  return found
}

async function compare(flash: Uint8Array, when: string): Promise<Inquiry> {
  const found = await asked(await board(1, flash))
  judgeWhole(await asked((await gatewayOf(flash)).world), found, when)
  return found
}

describe('the state of a board', () => {
  // A second that passes between the import and the start is one that messages have less.
  beforeEach(() => { vi.useFakeTimers({ toFake: ['Date'] }) })
  afterEach(() => { vi.useRealTimers() })

  it.each([1, 2])('is what the board has, whole and where the power was cut, seed %i', async (seed) => {
    const world = await board(seed)
    const { changes, base: flash } = recordChanges(world.driver)
    const household = new Household(world, seed)
    const random = new Random(seed)
    let cuts = 0
    for (let step = 1; step <= STEPS; step++) {
      changes.length = 0
      await household.step()
      for (const [number, change] of changes.entries()) {
        for (let words = 0; words < wordsOf(change); words++) {
          if (!random.oneIn(ONE_IN)) continue
          const when = `seed ${seed}, step ${step}, change ${number}, word ${words}`
          await compare(torn(flash, change, words, random), when)
          cuts++
        }
        flash.set(change.bytes, change.address)
      }
    }
    expect(cuts).toBeGreaterThan(5)
    const { findings } = await compare(flash, `behind all of seed ${seed}`)
    expect(JSON.stringify(findings)).toContain('"sessionPresent":true')
    expect(JSON.stringify(findings)).toContain('"retain":true')
  })

  it('has its large messages, and the seconds that messages, sessions and Wills have left', async () => {
    const world = await board(1)
    const away = await connect(world, {
      clientId: 'away', clean: false, properties: { sessionExpiryInterval: 500 },
      will: {
        topic: 'will', payload: Buffer.from('gone'), qos: 1, retain: true,
        properties: { willDelayInterval: 90, messageExpiryInterval: 1_000 },
      },
    })
    await subscribe(away, { topic: 'queued', qos: 1 })
    await away.drop()
    const sender = await connect(world)
    const large = 'x'.repeat(20_000)
    await publish(sender, 'large', large, { qos: 1, retain: true })
    await publish(sender, 'brief', 'now', { qos: 1, retain: true, properties: { messageExpiryInterval: 60 } })
    await publish(sender, 'queued', 'later', { qos: 1, properties: { messageExpiryInterval: 300 } })
    await world.advance(5_000)

    const { world: gateway, said } = await gatewayOf(world.flash!)
    expect(said).toMatch(/^\d+ records of .*backup\.bin are in .*midge\.db now\.$/)
    const reader = await connect(gateway, { clientId: 'reader' })
    await subscribe(reader, '#')
    await gateway.advance(30_000)
    const retained = reader.arrived().map(({ topic, payload, properties }) =>
      [topic, String(payload), (properties as { messageExpiryInterval?: number } | undefined)?.messageExpiryInterval])
    expect(retained.sort()).toEqual([['brief', 'now', 60], ['large', large, undefined]])
    await gateway.advance(61_000)
    expect(reader.arrived().map(({ topic, payload }) => [topic, String(payload)])).toEqual([['will', 'gone']])
    const back = await connect(gateway, { clientId: 'away', clean: false })
    const [queued] = back.arrived()
    expect([queued.topic, String(queued.payload)]).toEqual(['queued', 'later'])
    expect((queued.properties as { messageExpiryInterval: number }).messageExpiryInterval).toBe(300 - 30 - 61)
    await gateway.close()
    await world.close()
  })

  it('is read without a large record whose kind has turned', async () => {
    const world = await board(1)
    const sender = await connect(world)
    await publish(sender, 'large', 'x'.repeat(20_000), { qos: 1, retain: true })
    await publish(sender, 'small', 'x', { qos: 1, retain: true })
    const flash = world.flash!.slice()
    await world.close()
    const view = new DataView(flash.buffer)
    const starts = Array.from({ length: flash.length / PAGE_SIZE }, (_, page) => page * PAGE_SIZE)
    const large = starts.filter(start => view.getUint32(start, true) === SECTOR_LARGE)
    expect(large.length).toBe(1)
    const sumAt = large[0] + LARGE_UNIT * 16 + 12
    view.setUint32(sumAt, view.getUint32(sumAt, true) ^ (RECORD_RETAINED ^ RECORD_FILTERS) * KIND_UNIT, true)
    const { world: gateway, said } = await gatewayOf(flash)
    expect(said).toMatch(/^1 records/)
    await gateway.close()
  })

  it('is read without the tables that the board keeps for its start', async () => {
    const world = await board(1)
    await publish(await connect(world), 'a', 'b', { qos: 1, retain: true })
    await world.advance(3_605_000)
    const flash = world.flash!.slice()
    expect(tablesIn(flash).length).toBe(1)
    await world.close()
    const { world: gateway, said } = await gatewayOf(flash)
    expect(said).toMatch(/^1 records/)
    await gateway.close()
  })

  it('is read from its Storage alone too, and from nothing that is no such flash', async () => {
    const world = await board(1)
    await publish(await connect(world), 'a', 'b', { qos: 1, retain: true })
    const storage = world.flash!.slice(STORAGE_START, STORAGE_START + STORAGE_SIZE)
    await world.close()
    const { world: gateway, said } = await gatewayOf(storage)
    expect(said).toMatch(/^1 records/)
    await gateway.close()
    for (const flash of [new Uint8Array(4_194_304).fill(0xff), storage.subarray(0, 100_000), new Uint8Array(0)]) {
      await expect(gatewayOf(flash)).rejects.toThrow('backup.bin: it is neither a state of a broker nor')
    }
  })
})
