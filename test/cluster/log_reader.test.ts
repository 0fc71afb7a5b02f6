// Reading the log, of which the engine may have let go what did not come yet.
import { expect, it } from 'vitest'
import type { Engine } from '../../src/port/node/cluster/engine'
import { noticeEncode } from '../../src/port/node/cluster/log_entry'
import { LogReader } from '../../src/port/node/cluster/log_reader'

type Callback = (message: { seq: number, data: Uint8Array }) => void

/** An engine whose log begins somewhere, and brings what is behind a number that it is asked for. */
class Log {
  first = 1
  last = 3
  reads = 0
  readonly taken: number[] = []
  readonly reader: LogReader

  constructor () {
    const data = noticeEncode({ kind: 'hello', node: 'n' })
    const get = async (_log: string, { opt_start_seq: from }: { opt_start_seq: number }): Promise<object> => ({
      delete: async () => undefined,
      consume: async ({ callback }: { callback: Callback }) => {
        this.reads++
        for (let seq = Math.max(from, this.first); seq <= this.last; seq++) callback({ seq, data })
        return { stop: () => undefined }
      },
    })
    const engine = {
      isReady: true, log: 'LOG', range: async () => ({ first: this.first, last: this.last }),
      stream: { consumers: { get } },
    }
    this.reader = new LogReader(engine as unknown as Engine, ({ seq }) => this.taken.push(seq) > 0)
  }
}

it('goes on behind what is gone, where a gateway stood still for that long', async () => {
  const log = new Log()
  log.reader.begin(0)
  await log.reader.until(3)
  expect(log.taken).toEqual([1, 2, 3])
  Object.assign(log, { first: 10, last: 12 })
  await log.reader.follow()
  await log.reader.until(12)
  expect(log.taken).toEqual([1, 2, 3, 10, 11, 12])
  expect(log.reads).toBe(2)
  log.reader.stop()
})
