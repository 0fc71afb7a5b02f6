// A failure in words: how to repeat it, and the short script that still leads to it.

import type { Edition, Violation } from './run_simulation'
import { scriptText } from './script'
import { shrink } from './shrink'

export async function describe(edition: Edition, violation: Violation, hours: number): Promise<string> {
  const { seed, steps, swarm: { isCrowded, configuration } } = violation
  const repeat = `npm run sim -- --core ${edition.name} --seed ${seed} --hours ${hours}`
  const short = await shrink((given) => edition.create(seed, given), steps, isCrowded, configuration)
  const rights = configuration.users ? `\nwith ${JSON.stringify(configuration)}` : ''
  return `${repeat}: ${violation.message}\nshrunk from ${steps.length} steps to ${short.steps.length}`
    + `${isCrowded ? ', crowded' : ''}: ${short.message}\n${scriptText(short.steps)}${rights}`
}
