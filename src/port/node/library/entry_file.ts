// What the broker keeps, on a disk: a LevelDB in a folder, of which there is one for each broker.
import { mkdir, statfs } from 'node:fs/promises'
import type { ClassicLevel } from 'classic-level'
import { checksum } from '../records/checksum'
import type { Entry, EntryFile } from '../records/entry_file'

type Level = ClassicLevel<Uint8Array, Uint8Array>

const FORMAT = 1
/** Sorted behind all entries. */
const FORMAT_KEY = Buffer.from('format')
const KEY_SIZE = 6
const CHECK_SIZE = 4
/** Bytes that are read at a time. */
const READ_SIZE = 1_048_576
const READ_ENTRIES = 4_096

/** The last key that an entry may have: what comes then is the format's. */
const KEY_LAST = FORMAT_KEY.readUIntBE(0, KEY_SIZE) - 1

/** A store that cannot be had; the message is a sentence about why. */
export class StoreError extends Error {}

const keyBytes = (key: number): Buffer => {
  const bytes = Buffer.alloc(KEY_SIZE)
  bytes.writeUIntBE(key, 0, KEY_SIZE)
  return bytes
}

const keyNumber = (bytes: Uint8Array): number => Buffer.from(bytes).readUIntBE(0, KEY_SIZE)

/** Bytes with their check sum behind them: LevelDB does not notice every bit that has turned. */
function sealed(bytes: Uint8Array): Uint8Array {
  const whole = Buffer.allocUnsafe(bytes.length + CHECK_SIZE)
  whole.set(bytes)
  whole.writeUInt32BE(checksum(bytes, 0, bytes.length), bytes.length)
  return whole
}

function unsealed(whole: Uint8Array): Uint8Array {
  const size = whole.length - CHECK_SIZE
  const isRight = size >= 0 && Buffer.from(whole.subarray(size)).readUInt32BE() === checksum(whole, 0, size)
  if (!isRight) throw new Error('A check sum is wrong.')
  return whole.subarray(0, size)
}

/** The package is loaded where it is needed, and nobody else has to install it. */
async function createLevel(folder: string): Promise<Level> {
  const { ClassicLevel } = await import('classic-level').catch(() => {
    throw new StoreError('Persistence needs the package classic-level: npm install classic-level.')
  })
  // Values are whole commits: compression would save little, and take time.
  return new ClassicLevel<Uint8Array, Uint8Array>(folder, {
    keyEncoding: 'view', valueEncoding: 'view', compression: false,
  })
}

function openError(folder: string, error: Error): StoreError {
  const { cause, code } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException }
  if (code === 'EEXIST') return new StoreError(`${folder} is a file: give what is kept a folder of its own.`)
  if (cause?.code === 'LEVEL_LOCKED') {
    return new StoreError(`${folder} is in use: end the other broker, or give this one a folder of its own.`)
  }
  return new StoreError(`${folder} cannot be used to keep anything: ${cause?.message ?? error.message}`)
}

async function open(level: Level, folder: string): Promise<void> {
  await level.open().catch((error: Error) => {
    throw openError(folder, error)
  })
}

async function formatCheck(level: Level, folder: string): Promise<void> {
  const known = await level.get(FORMAT_KEY)
  if (!known) return level.put(FORMAT_KEY, Buffer.from(String(FORMAT)), { sync: true })
  const format = Number(Buffer.from(known).toString())
  if (format === FORMAT) return
  await level.close()
  throw new StoreError(`${folder} is in format ${format}, of another version of Midge: this one reads ${FORMAT}.`)
}

class LevelFile implements EntryFile {
  /** A write has failed: LevelDB may have half of it, and sorts that out when it is opened. */
  private isBroken = false

  constructor(private readonly level: Level, private readonly folder: string) {}

  async read(from: number, to: number, take: (key: number, bytes: Uint8Array) => void): Promise<void> {
    const entries = this.level.iterator({
      gte: keyBytes(from), lte: keyBytes(Math.min(to, KEY_LAST)), highWaterMarkBytes: READ_SIZE, fillCache: false,
    })
    try {
      for (;;) {
        const some = await entries.nextv(READ_ENTRIES)
        if (!some.length) return
        for (const [key, bytes] of some) take(keyNumber(key), unsealed(bytes))
      }
    } catch (error) {
      throw new StoreError(`${this.folder} is damaged, and nothing of it is taken: ${(error as Error).message} `
        + 'Give what is kept another folder, or import a file that was exported before.')
    } finally {
      await entries.close()
    }
  }

  async write(entries: readonly Entry[], gone: readonly number[]): Promise<void> {
    if (this.isBroken) await this.reopen()
    const batch = this.level.batch()
    for (const { key, bytes } of entries) batch.put(keyBytes(key), sealed(bytes))
    for (const key of gone) batch.del(keyBytes(key))
    try {
      await batch.write({ sync: true })
    } catch (error) {
      this.isBroken = true
      throw error
    }
  }

  private async reopen(): Promise<void> {
    await this.level.close()
    await open(this.level, this.folder)
    this.isBroken = false
  }

  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder)
    return bavail * bsize
  }

  close(): Promise<void> {
    return this.level.close()
  }
}

/** Opens the store in a folder, which is made where there is none; rejects with a sentence where it cannot be had. */
export async function entryFileOpen(folder: string): Promise<EntryFile> {
  const level = await createLevel(folder)
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw openError(folder, error)
  })
  await open(level, folder)
  await formatCheck(level, folder)
  return new LevelFile(level, folder)
}
