// A failure in words: how to repeat it, and the short script that still leads to it.

import type { Edition, Violation } from './run_simulation'
import { scriptText } from './script'
import { shrink } from './shrink'

export async function describe(edition: Edition, violation: Violation, hours: number): Promise<string> {
  const { seed, steps, isCrowded } = violation
  const repeat = `npm run sim -- --core ${edition.name} --seed ${seed} --hours ${hours}`
  const short = await shrink(() => edition.create(seed), steps, isCrowded)
  return `${repeat}: ${violation.message}\nshrunk from ${steps.length} steps to ${short.steps.length}`
    + `${isCrowded ? ', crowded' : ''}: ${short.message}\n${scriptText(short.steps)}`
}
