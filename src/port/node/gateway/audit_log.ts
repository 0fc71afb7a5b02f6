// The audit: a JSON object a line for who was let in, refused and why, denied something, limited or banned. There is
// no secret in it.
import { closeSync, fchownSync, openSync } from 'node:fs'
import type { AuditEvent } from '../library/api'
import { lineWrite } from './log_lines'
import { type LogOwner, valueBounded } from './log_writer'

export class AuditLog {
  private handle = 1

  /** Opens the file; `stdout` and `stderr` are no files. Throws where it cannot be written. */
  constructor(private readonly path: string, owner: LogOwner = null) {
    this.open(owner)
  }

  private open(owner: LogOwner): void {
    if (this.path === 'stdout' || this.path === 'stderr') {
      this.handle = this.path === 'stdout' ? 1 : 2
      return
    }
    this.handle = openSync(this.path, 'a', 0o640)
    if (owner) fchownSync(this.handle, owner.uid, owner.gid)
  }

  /** Goes on with a file opened anew, which may have been moved away. */
  reopen(): void {
    const old = this.handle
    this.open(null)
    if (old > 2) closeSync(old)
  }

  readonly write = ({ reasonCode, ...event }: AuditEvent): void => {
    const fields = Object.entries(event).map(([name, value]) => [name, valueBounded(value)])
    const reason = reasonCode === undefined ? {} : { reasonCode: `0x${reasonCode.toString(16).padStart(2, '0')}` }
    lineWrite(this.handle, JSON.stringify({ time: new Date().toISOString(), ...Object.fromEntries(fields), ...reason }))
  }
}
