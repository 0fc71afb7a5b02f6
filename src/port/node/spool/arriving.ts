// A payload that is coming: its connection has one at a time, and is not read while too much of it waits to be written,
// or when it is there and is being made safe.
import { QUOTA_EXCEEDED, SUCCESS } from '../../../codec/reason_code'
import { PAUSED_BY_SPOOL } from '../pause_reason'
import type { Bringer } from '../spool_seam'
import type { SpoolFile } from './spool_file'

export class Arriving {
  private isOver = false
  private readonly onClose = (): void => this.end()
  private readonly onFew = (): void => {
    if (this.left) this.from.pause(PAUSED_BY_SPOOL, false)
  }

  /** Where there is no room for it there is no file, and it is refused once it has come. */
  constructor(
    private readonly from: Bringer, private readonly file: SpoolFile | null, private left: number,
    private readonly isToLast: boolean, private readonly told: (slot: number, reasonCode: number) => void,
    private readonly ended: () => void,
  ) {
    from.stream.once('close', this.onClose)
  }

  get slot(): number {
    return this.from.slot
  }

  /** Its client is not read: that nothing comes of it is not its fault. */
  get isPaused(): boolean {
    return this.from.isPaused
  }

  take(bytes: Uint8Array): void {
    this.left -= bytes.length
    const isFew = this.file?.add(bytes, this.onFew) ?? true
    if (!isFew || !this.left) this.from.pause(PAUSED_BY_SPOOL, true)
    if (this.left) return
    if (this.file) this.file.finish(this.isToLast, (error) => this.come(error))
    // The core does not expect to be called from what it calls.
    else setImmediate(() => this.come(null))
  }

  /** It is all there, or never will be. */
  private come(error: Error | null): void {
    if (this.isOver) return
    const { from, file } = this
    from.pause(PAUSED_BY_SPOOL, false)
    if (from.isOpen) this.told(from.slot, error || !file ? QUOTA_EXCEEDED : SUCCESS)
  }

  /** It was published or refused, or its connection has gone. */
  end(): void {
    if (this.isOver) return
    this.isOver = true
    this.from.stream.off('close', this.onClose)
    this.ended()
  }
}
