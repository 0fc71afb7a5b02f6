// Whether the store has room: by its own limit, by what the disk has left, and not while it cannot be written to. Asked
// before anything is promised, so that clients are refused before a commit fails.
import type { EntryFile } from './entry_file'
import type { StoreOptions, StoreState, StoreTold } from './kept_records'

/** Bytes of the disk that are left alone: LevelDB needs them to tidy up, and the end of records is written there. */
const RESERVE_SIZE = 33_554_432
/** LevelDB writes everything twice before the first copy goes. */
const WRITES = 2
/** What a record takes besides its bytes, at most. */
const STEP_SIZE_MAX = 40
/** Milliseconds between two looks at the disk. */
const LOOK_MS = 1_000

export class Room {
  /** Bytes that may be written until the next look. */
  private left = Infinity
  private isFailing = false
  private isLooking = false
  private lookedAt = -Infinity
  private state: StoreState = 'good'
  private readonly sizeMax: number
  private readonly told: StoreTold

  constructor(private readonly file: EntryFile, { sizeMax = Infinity, told = () => undefined }: StoreOptions) {
    this.sizeMax = sizeMax
    this.told = told
    this.look()
  }

  /** `kept` are the bytes of all records, `unwritten` those that wait for a commit. */
  has(count: number, size: number, kept: number, unwritten: number): boolean {
    if (this.isFailing) return false
    const isWithin = kept + size <= this.sizeMax
    if (isWithin && (unwritten + size + count * STEP_SIZE_MAX) * WRITES < this.left) {
      if (this.state === 'full') this.eased(kept)
      return true
    }
    this.tell('full', isWithin ? 'the disk is almost full' : 'the store has reached its limit')
    this.look()
    return false
  }

  /** There is room again for more than a little. */
  private eased(kept: number): void {
    if (kept * 16 < this.sizeMax * 15 && this.left > RESERVE_SIZE) this.tell('good', '')
  }

  written(size: number): void {
    this.isFailing = false
    this.left -= size * WRITES
    if (this.state === 'failed') this.tell('good', '')
    this.look()
  }

  failed(reason: string): void {
    this.isFailing = true
    this.tell('failed', reason)
    this.look()
  }

  private tell(state: StoreState, reason: string): void {
    if (state === this.state) return
    this.state = state
    this.told(state, reason)
  }

  private look(): void {
    if (this.isLooking || performance.now() - this.lookedAt < LOOK_MS) return
    this.isLooking = true
    const before = this.left
    this.file.free().then((free) => {
      // What was written meanwhile may be in it already: then it is counted twice until the next look.
      const meanwhile = before === Infinity ? 0 : before - this.left
      this.left = free - RESERVE_SIZE - meanwhile
    }, () => undefined).finally(() => {
      this.isLooking = false
      this.lookedAt = performance.now()
    })
  }
}
