// The console of a board that does not do what it should.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { BoardConsole } from '../../src/flash'
import type { WebSerialPort } from '../../src/flash'

const STOP_SENDING = 0x13

afterEach(() => { vi.useRealTimers() })

describe('a board that says stop', () => {
  it('and never go on is given up when its time is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let written = 0
    const port = {
      readable: new ReadableStream<Uint8Array>({ start: c => c.enqueue(Uint8Array.of(STOP_SENDING)) }),
      writable: new WritableStream<Uint8Array>({ write: ({ length }) => { written += length } }),
      open: async () => undefined, close: async () => undefined, setSignals: async () => undefined, getInfo: () => ({}),
    } as unknown as WebSerialPort
    const board = await BoardConsole.open(port, () => undefined)
    let problem = ''
    board.evaluate('1+'.repeat(100) + '1').catch(error => { ({ problem } = error) })
    await vi.advanceTimersByTimeAsync(9_000)
    expect([written <= 128, problem]).toEqual([true, ''])
    await vi.advanceTimersByTimeAsync(2_000)
    expect([written <= 128, problem]).toEqual([true, 'no answer'])
    expect(vi.getTimerCount()).toBe(0)
    await board.close()
  })
})
