// The gateway's log: lines for people, or JSON objects for programs.
import { closeSync, fchownSync, openSync } from 'node:fs'
import type { LogOptions, LogType } from '../configuration/options'
import { droppedLinesTo, lineWrite } from './log_lines'
import { timeFormatted } from './time_format'

export type Fields = Record<string, string | number | undefined>

/** Writes one line: its kind, what happened, what there is to know about it, and all of it as a sentence for people. */
export type Log = (type: LogType, message: string, fields?: Fields, sentence?: string) => void

/** mosquitto's topics for lines; there is none for those of debugging. */
const TOPICS: Partial<Record<LogType, string>> = {
  error: '$SYS/broker/log/E', warning: '$SYS/broker/log/W', notice: '$SYS/broker/log/N',
  information: '$SYS/broker/log/I', subscribe: '$SYS/broker/log/M/subscribe',
  unsubscribe: '$SYS/broker/log/M/unsubscribe', websockets: '$SYS/broker/log/WS',
}

/** Characters of a value: a client may choose 65,535. */
const VALUE_SIZE_MAX = 256

/** A value that is not longer than a line should be. */
export const valueBounded = (value: string | number | undefined): string | number | undefined =>
  typeof value === 'string' && value.length > VALUE_SIZE_MAX ? `${value.slice(0, VALUE_SIZE_MAX)}...` : value

/** A value that a client chose may hold anything: control characters would forge lines. */
export function shown(given: string): string {
  const value = valueBounded(given) as string
  return /^[\p{L}\p{N}_.:@/+-]+$/u.test(value) ? value : JSON.stringify(value)
}

/** Whose a log file is, where root opens it for another user who is to open it again. */
export type LogOwner = { uid: number, gid: number } | null

export class LogWriter {
  private handles: number[] = []
  private publish: (topic: string, line: string) => void = () => undefined

  /** Opens what the options name; throws where a file cannot be written. */
  constructor(private options: LogOptions, owner: LogOwner = null) {
    this.open(options, owner)
    droppedLinesTo((count) =>
      this.log('warning', `${count} lines of the log were dropped: nobody read them`, { count }))
  }

  private open(options: LogOptions, owner: LogOwner): void {
    this.handles = options.destinations.filter(({ kind }) => kind !== 'topic').map(({ kind, file }) => {
      if (kind !== 'file') return kind === 'stdout' ? 1 : 2
      const handle = openSync(file!, 'a', 0o640)
      if (owner) fchownSync(handle, owner.uid, owner.gid)
      return handle
    })
  }

  /** Whether clients that come and go are told of. */
  get hasConnections(): boolean {
    return this.options.hasConnections
  }

  /** Whether anything is told of that happens often. */
  get isTraced(): boolean {
    return (['debug', 'subscribe', 'unsubscribe', 'websockets'] as const).some((type) => this.options.types.has(type))
  }

  /** Goes on with files opened anew, which may have been moved away, and with other options; throws as at the start. */
  reopen(options: LogOptions): void {
    const old = this.handles
    this.open(options, null)
    this.options = options
    for (const handle of old) if (handle > 2) closeSync(handle)
  }

  /** Where lines for topics go. */
  publishBy(publish: (topic: string, line: string) => void): void {
    this.publish = publish
  }

  readonly log: Log = (type, message, given = {}, sentence = message) => {
    const { options } = this
    if (!options.types.has(type)) return
    const fields = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, valueBounded(value)]))
    const now = new Date()
    const line = options.format === 'json'
      ? JSON.stringify({
        time: options.isTimestamped ? now.toISOString() : undefined, level: type, message, ...fields,
      })
      : [timeFor(options, now), sentence].filter(Boolean).join(' ')
    for (const handle of this.handles) lineWrite(handle, line)
    const topic = TOPICS[type]
    if (topic !== undefined && options.destinations.some(({ kind }) => kind === 'topic')) this.publish(topic, line)
  }
}

function timeFor({ isTimestamped, timeFormat }: LogOptions, now: Date): string {
  if (!isTimestamped) return ''
  return timeFormat === undefined ? now.toISOString() : timeFormatted(timeFormat, now)
}
