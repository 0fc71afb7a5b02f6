// A hub.js that hangs the board: it comes up without it, and tries it again later. The ESP32's bundle in the simulated
// board; and what the engine says of an error, in the words of the owner's file.

import { describe, expect, it } from 'vitest'
import { LiveDriver } from '../../src/simulator/live_driver'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { bundleText } from '../support/board_bundle'
import { HUB_EXTENSION } from '../support/extensions'
import { PATIENCE_MS } from '../support/patience'

const MINUTE_MS = 60_000
const WAITS = 'hub.js waits for 15 minutes: the board started anew within its first minute'

/** A board with a hub.js that tells of its start, and then does something. */
function boot (act: string, files: Record<string, string> = {}): VirtualDriver {
  const driver = new VirtualDriver({
    files: { '.bootcde': bundleText('esp32'), 'hub.js': `print("hub starts")\n${act}`, ...HUB_EXTENSION, ...files },
  })
  driver.start()
  return driver
}

const told = (driver: VirtualDriver): string[] =>
  driver.board.output.filter((line) => /^(hub|restart|error)/.test(line))

/** As a watchdog does it. */
const REBOOT_SOON = 'setTimeout(function () { ESP32.reboot() }, 5000)'

describe('hub.js that ends in a restart', () => {
  it('leaves the broker alone at the next start, and has another try later', () => {
    const driver = boot(REBOOT_SOON)
    driver.advance(10_000)
    expect(told(driver)).toEqual(['hub starts', 'restart: reboot', WAITS])
    expect(driver.connect(1883)).not.toBeNull()
    driver.advance(14 * MINUTE_MS)
    expect(told(driver)).toHaveLength(3)
    driver.advance(MINUTE_MS)
    expect(told(driver).slice(3)).toEqual(['hub starts', 'restart: reboot', WAITS])
  })

  it('runs at once where it is another one', () => {
    const driver = boot(REBOOT_SOON)
    driver.board.writeFile('hub.js', 'print("hub is better")')
    driver.advance(10_000)
    expect(told(driver)).toEqual(['hub starts', 'restart: reboot', 'hub is better'])
  })

  it('runs at once where it had lasted for a minute', () => {
    const driver = boot('')
    driver.advance(MINUTE_MS)
    driver.board.evaluate('ESP32.reboot()')
    driver.advance(10)
    expect(told(driver)).toEqual(['hub starts', 'restart: reboot', 'hub starts'])
  })

  it('does so for as many starts as a board has', () => {
    const driver = boot('')
    for (let i = 0; i < 300; i++) {
      driver.advance(MINUTE_MS)
      driver.board.evaluate('ESP32.reboot()')
    }
    expect(told(driver).filter((line) => line !== 'hub starts' && line !== 'restart: reboot')).toEqual([])
  })

  it('gives up what never returns, on a computer too', async () => {
    const driver = new LiveDriver({
      files: { '.bootcde': bundleText('esp32'), 'hub.js': 'while (true) {}', ...HUB_EXTENSION }, hangMs: 2_000,
    })
    driver.start()
    const endMs = performance.now() + PATIENCE_MS
    while (!driver.board.output.includes(WAITS) && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    driver.close()
    expect(driver.board.output.filter((line) => /^(hub|restart)/.test(line))).toEqual(['restart: watchdog', WAITS])
    expect(driver.board.tcp.ports).toContain(1883)
  })
})
