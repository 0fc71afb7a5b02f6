// A real home's first hour on an ESP32's bundle: the power goes at a change of its flash, in the midst of a word at
// every 16th byte, and another board is started from what is left. What was acknowledged is there, nothing is invented,
// and the next message is taken. MIDGE_CUTS=1 takes every one of these, some 50,000 in hours; 50 one in fifty.

import { expect, test } from 'vitest'
import { PAGE_SIZE } from '../../src/flash/layout'
import { Random } from '../model/random'
import { WRITTEN_MS, YearHome } from '../simulation/year/home'
import { visit } from '../simulation/year/visit'
import { torn } from './torn_flash'

/** What a run of all tests takes: one in so many. */
const ONE_IN_CI = 1_000
const ONE_IN = Number(process.env.MIDGE_CUTS ?? ONE_IN_CI)
const SEED = Number(process.env.MIDGE_SEED ?? 1)
const HOUR_MS = 3_600_000
const NEVER_MS = 1e12
const STEP_WORDS = 4
const WORD_SIZE = 4

class Cutter {
  cuts = 0
  private places = 0
  private readonly flash: Uint8Array
  private readonly random = new Random(SEED)

  constructor(private readonly home: YearHome) {
    this.flash = home.power.driver.board.flash.bytes.slice()
  }

  /** The power goes at a change of flash, of which this has not been told yet. */
  cut(address: number, bytes: Uint8Array): void {
    const words = bytes.length === PAGE_SIZE ? 1 : bytes.length / WORD_SIZE
    for (let word = 0; word < words; word += STEP_WORDS) {
      if (this.places++ % ONE_IN !== Math.floor(ONE_IN / 2)) continue
      this.judge(torn(this.flash, { address, bytes }, word, this.random), `change of ${address}, word ${word}`)
      this.cuts++
    }
    this.flash.set(bytes, address)
  }

  judge(flash: Uint8Array, when: string): void {
    const { ledger, clients, now } = this.home
    const phone = clients.find(({ terms }) => terms.expiry !== undefined)!
    const { retained, hasSession } = visit(flash, phone.terms.clientId)
    for (const topic of new Set([...ledger.topics, ...retained.keys()])) {
      const payload = retained.get(topic) ?? ''
      if (ledger.isPossible(topic, payload, now - WRITTEN_MS)) continue
      const found = payload.slice(0, 60) || 'nothing'
      throw new Error(`${topic} has ${found}, not ${ledger.known(topic)}; ${when}, ${now} ms`)
    }
    if (phone.isReady && !hasSession) throw new Error(`a session is lost; ${when}, ${now} ms`)
  }
}

test('the first hour of a home, and the power goes', () => {
  const home = new YearHome(SEED, NEVER_MS)
  const cutter = new Cutter(home)
  const flashBefore = home.power.driver.board.flash.bytes.slice()
  home.power.changed = (address, bytes) => cutter.cut(address, bytes)
  home.live(HOUR_MS)
  if (process.env.MIDGE_REPORT) console.log(`${cutter.cuts} cuts in ${home.messages} messages`)
  expect(cutter.cuts).toBeGreaterThan(20)
  expect(() => cutter.judge(flashBefore, 'before the hour')).toThrow(/has nothing/)
}, 86_400_000)
