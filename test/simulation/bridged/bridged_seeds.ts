// The seeds that a test of bridged homes runs, by the same environment as test/simulation/seeds.ts.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BridgedHome, type Terms } from './bridged_home'

/** What a run of all tests takes, and for how many virtual hours; `npm run sim -- --bridged` takes any number. */
export const SEEDS_IN_CI = 5
export const HOURS_IN_CI = 0.4
const HOUR_MS = 3_600_000

const FIRST = Number(process.env.MIDGE_SEED ?? 1)
const SEEDS = Number(process.env.MIDGE_SEEDS ?? SEEDS_IN_CI)
const HOURS = Number(process.env.MIDGE_HOURS ?? HOURS_IN_CI)

/** A broker with a bridge whose terms a seed decides. */
export interface BridgedEdition {
  name: string
  terms(seed: number): Terms
}

/** Throws where a seed's bridge does what it must not, and says how to repeat it. */
export async function live(edition: BridgedEdition, seed: number, hours: number): Promise<BridgedHome> {
  const home = new BridgedHome(edition.terms(seed), seed)
  try {
    await home.live(hours * HOUR_MS)
  } catch (error) {
    const again = `npm run sim -- --bridged --core ${edition.name} --seed ${seed} --hours ${hours}`
    throw new Error(`${(error as Error).message}, at ${home.now / 1_000} s\n${again}\n${home.log.join('\n')}`,
      { cause: error })
  }
  return home
}

function report(seed: number, { out, in: back, line, log }: BridgedHome): void {
  if (!process.env.MIDGE_REPORT) return
  console.log(`seed ${seed}: hash ${line.digest()}, ${out.accepted} out, ${back.accepted} in, ${out.refused} refused, `
    + `${out.repeated + back.repeated} again at QoS 1, ${line.connections} connections, ${log.length} changes`)
}

/** Has the tests of a file live by virtual time. */
export function timersTake(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  })
  afterEach(() => { vi.useRealTimers() })
}

/** Declares the tests of one edition. */
export function bridgedTests(edition: BridgedEdition): void {
  timersTake()

  test(`a bridge loses nothing, from seed ${FIRST} on, ${SEEDS} seeds`, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) report(seed, await live(edition, seed, HOURS))
  }, 86_400_000)

  test('the same seed has the same bytes pass, another seed others', async () => {
    const digestOf = async (seed: number): Promise<string> => (await live(edition, seed, 0.05)).line.digest()
    const digest = await digestOf(FIRST)
    expect(await digestOf(FIRST)).toBe(digest)
    expect(await digestOf(FIRST + 1)).not.toBe(digest)
  })
}
