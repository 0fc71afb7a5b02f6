// Code that never returns: on a computer, too, the watchdog ends it, and the board starts anew.

import { describe, expect, it } from 'vitest'
import { LiveDriver } from '../../src/simulator/live_driver'
import { PATIENCE_MS } from '../support/patience'

const HANG_MS = 200

/** Runs a board until it has printed a line. */
async function untilPrinted (program: string, line: string, hangMs = HANG_MS): Promise<string[]> {
  const driver = new LiveDriver({ files: { '.bootcde': program }, hangMs })
  driver.start()
  const endMs = performance.now() + PATIENCE_MS
  while (!driver.board.output.includes(line) && performance.now() < endMs) {
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  driver.close()
  return driver.board.output
}

/** A program that does something at its first start only. */
const once = (act: string): string => `var S = require("Storage")
  if (S.read("been")) print("again"); else { S.write("been", "x"); ${act} }`

describe('code that never returns', () => {
  it.each([
    ['while the board starts', 'while (true) {}'],
    ['in a timer', 'setTimeout(function () { for (;;) {} }, 1)'],
    ['where it catches what it can', 'try { while (true) {} } catch (e) { print("caught") } finally { print("last") }'],
  ])('ends in a restart %s', async (_, act) => {
    expect(await untilPrinted(once(act), 'again')).toEqual(['restart: watchdog', 'again'])
  })

  it('ends sooner where the board has set its watchdog to less', async () => {
    const program = once('E.enableWatchdog(0.1); setTimeout(function () { while (true) {} }, 1)')
    expect(await untilPrinted(program, 'again', 1e9)).toEqual(['restart: watchdog', 'again'])
  })

  it('leaves what is slow alone', async () => {
    const busy = 'var end = Date.now() + 100; while (Date.now() < end) {} print("done")'
    expect(await untilPrinted(busy, 'done', 60_000)).toEqual(['done'])
  })
})
