// `npm run bench:stores [-- --stores level,lmdb --messages 256 --commits 600]`: what it costs to keep messages in an
// embedded store. A message is two records, of 110 bytes and of 25, which come with one commit and go with the next:
// each by itself, or all that a commit does together as one entry. LMDB takes `npm install --no-save lmdb`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandLine, namesOf, wholeNumber } from '../lib/command_line.mjs'
import { formatTable } from '../lib/table.mjs'

const RECORDS = [Buffer.alloc(110, 'm'), Buffer.alloc(25, 'q')]
/** Bytes that a message takes in a commit's entry: its records, and the end of another one's. */
const TOGETHER_SIZE = 165
/** Entries that stay, and how many go at a time. */
const KEPT = 512
const GONE = 256

const options = commandLine('bench:stores')
  .description('What it costs to keep messages in an embedded store.')
  .option('--stores <names>', 'level, lmdb', namesOf(['level', 'lmdb']))
  .option('--messages <count>', 'of a commit; 256 unless told', wholeNumber(1))
  .option('--commits <count>', '600 unless told', wholeNumber(1))
  .parse().opts()
const { stores = ['level', 'lmdb'], messages = 256, commits = 600 } = options

function keyOf (number) {
  const key = Buffer.alloc(6)
  key.writeUIntBE(number, 0, 6)
  return key
}

/** Open a store in a folder; each answers what writes and what closes it. */
const kinds = {
  async level (folder, sync) {
    const { ClassicLevel } = await import('classic-level')
    const level = new ClassicLevel(folder, { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false })
    await level.open()
    const write = (puts, gone) => {
      const batch = level.batch()
      for (const [key, value] of puts) batch.put(key, value)
      for (const key of gone) batch.del(key)
      return batch.write({ sync })
    }
    return { write, close: () => level.close() }
  },
  async lmdb (folder, sync) {
    // No package of the project's.
    const name = 'lmdb'
    const { open } = await import(name)
    const database = open({
      path: join(folder, 'data.mdb'), keyEncoding: 'binary', encoding: 'binary', overlappingSync: false, noSync: !sync,
    })
    const write = (puts, gone) => database.transaction(() => {
      for (const [key, value] of puts) database.put(key, value)
      for (const key of gone) database.remove(key)
    })
    return { write, close: () => database.close() }
  },
}

/** Answer what a commit writes and takes out. */
const layouts = {
  each () {
    let last = 0
    let before = []
    return () => {
      const puts = Array.from({ length: messages * 2 }, (_, i) => [keyOf(++last), RECORDS[i % 2]])
      const gone = before
      before = puts.map(([key]) => key)
      return [puts, gone]
    }
  },
  together () {
    let last = 0
    let gone = 0
    const entry = Buffer.alloc(messages * TOGETHER_SIZE, 'x')
    return () => {
      const puts = [[keyOf(++last), entry]]
      if (last - gone < KEPT) return [puts, []]
      return [puts, Array.from({ length: GONE }, () => keyOf(++gone))]
    }
  },
}

async function measure (store, layout, sync) {
  const folder = mkdtempSync(join(tmpdir(), 'midge-stores-'))
  const { write, close } = await kinds[store](folder, sync)
  const next = layouts[layout]()
  const times = []
  const before = process.cpuUsage()
  for (let i = 0; i < commits; i++) {
    const start = performance.now()
    await write(...next())
    times.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(before)
  await close()
  rmSync(folder, { recursive: true, force: true })
  times.sort((a, b) => a - b)
  const at = share => times[Math.floor(times.length * share)].toFixed(2)
  const cost = (user + system) / commits / messages
  return [store, layout, sync ? 'yes' : 'no', `${cost.toFixed(2)} us`, `${at(0.5)} ms`, `${at(0.99)} ms`]
}

const rows = [['store', 'records', 'synced', 'CPU a message', 'commit', 'p99']]
for (const sync of [true, false]) {
  for (const store of stores) for (const layout of Object.keys(layouts)) rows.push(await measure(store, layout, sync))
}
console.log(formatTable(rows))
