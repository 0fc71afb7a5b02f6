// The store on a disk: who may have it, what it refuses to read, and how it is carried to another place.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { stateExport, stateImport } from '../../../src/port/node/gateway/state'
import { entryFileOpen } from '../../../src/port/node/library/entry_file'
import { KeptRecords } from '../../../src/port/node/records/kept_records'
import { recordsLoad } from '../../../src/port/node/records/record_loading'

const folder = mkdtempSync(join(tmpdir(), 'midge-level-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
let location = ''
beforeEach(() => { location = join(folder, 'deep', String(count++)) })

/** Makes a store with so many records, of which one is gone. */
async function make (records: number): Promise<void> {
  const file = await entryFileOpen(location)
  const store = new KeptRecords(file, await recordsLoad(file))
  const names = Array.from({ length: records }, (_, i) => store.add(1 + i % 7, i, 3, i, i % 500))
  store.mark(names[2], 2)
  await new Promise(resolve => store.commit(resolve))
  store.remove(names[1])
  await store.close()
}

async function read (from = location): Promise<unknown[]> {
  const file = await entryFileOpen(from)
  const { records } = await recordsLoad(file)
  await file.close()
  return records.map(({ sequence, kind, marks, bytes }) => ({ sequence, kind, marks, bytes: Buffer.from(bytes) }))
}

describe('a store on a disk', () => {
  it('has one broker at a time', async () => {
    const file = await entryFileOpen(location)
    await expect(entryFileOpen(location)).rejects.toThrow(/is in use: end the other broker/)
    await file.close()
    await (await entryFileOpen(location)).close()
  })

  it('is not read where another version wrote it', async () => {
    await make(3)
    const level = new ClassicLevel(location)
    await level.put('format', '2')
    await level.close()
    await expect(entryFileOpen(location)).rejects.toThrow(/is in format 2, of another version of Midge/)
  })

  it('keeps its format apart from its entries', async () => {
    await make(3)
    const file = await entryFileOpen(location)
    const { keys } = await recordsLoad(file)
    expect(keys).toEqual([1, 2])
    await file.close()
  })

  it('is not taken where a bit of it has turned', async () => {
    await make(200)
    const level = new ClassicLevel<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view' })
    const [[key, bytes]] = await level.iterator({ limit: 1 }).all()
    const turned = Uint8Array.from(bytes)
    turned[turned.length >> 1] ^= 4
    await level.put(key, turned)
    await level.close()
    const file = await entryFileOpen(location)
    await expect(recordsLoad(file)).rejects.toThrow(/is damaged, and nothing of it is taken: A check sum is wrong/)
    await file.close()
  })

  it('is no file', async () => {
    await make(3)
    await expect(entryFileOpen(join(location, 'CURRENT'))).rejects.toThrow(/is a file/)
  })
})

describe('export and import', () => {
  const state = join(folder, 'state')

  it('carry everything, sequence numbers and ages with it', async () => {
    await make(2_000)
    expect(await stateExport(state, { location })).toMatch(/^1999 records of .* were written/)
    const before = await read()
    const other = `${location}-other`
    expect(await stateImport(state, { location: other })).toMatch(/^1999 records of .* are in /)
    expect(await read(other)).toEqual(before)
    // What is added there does not take a number that was given.
    const file = await entryFileOpen(other)
    const store = new KeptRecords(file, await recordsLoad(file))
    expect(store.sequence(store.add(1, 0, 1, 0, 0))).toBeGreaterThan(2_000)
    await store.close()
  })

  it('replace what there is only when they are told to', async () => {
    await make(5)
    await stateExport(state, { location })
    location += '-full'
    await make(9)
    await expect(stateImport(state, { location })).rejects.toThrow(/has 8 records already: --force/)
    expect(await read()).toHaveLength(8)
    await stateImport(state, { location, force: true })
    expect(await read()).toHaveLength(4)
  })

  it('take no file that is not whole', async () => {
    await make(5)
    await stateExport(state, { location })
    const good = readFileSync(state)
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good)
      bad[at] ^= 0x10
      writeFileSync(state, bad)
      await expect(stateImport(state, { location: `${location}-bad` }), String(at)).rejects.toThrow(state)
      writeFileSync(state, good.subarray(0, at))
      await expect(stateImport(state, { location: `${location}-bad` }), String(at)).rejects.toThrow(state)
    }
    writeFileSync(state, Buffer.concat([good, Buffer.alloc(1)]))
    await expect(stateImport(state, { location: `${location}-bad` })).rejects.toThrow('behind its last record')
  })

  it('say what is missing', async () => {
    await expect(stateExport(state, {})).rejects.toThrow('--config <file> or --location <folder>')
    await expect(stateExport(state, { location })).rejects.toThrow('does not exist')
    await expect(stateImport(join(folder, 'none'), { location })).rejects.toThrow('cannot be read')
  })
})
