// A failure in words: how to repeat it, and the short script that still leads to it.

import type { Oracle } from './oracle'
import type { Edition, Violation } from './run_simulation'
import { scriptText, type Create } from './script'
import { shrink } from './shrink'

export async function describe(edition: Edition, violation: Violation, hours: number): Promise<string> {
  const { seed, message, oracle } = violation
  const repeat = `npm run sim -- --core ${edition.name} --seed ${seed} --hours ${hours}`
  const create: Create = (configuration, flash) => edition.create(seed, configuration, flash)
  return describeScript(create, oracle, `${repeat}: ${message}`)
}

/** `said` and the shortest script found of what an oracle ran that goes wrong in the same way. */
export async function describeScript(create: Create, oracle: Oracle, said: string): Promise<string> {
  const { steps, isCrowded, configuration } = oracle
  const short = await shrink(create, steps, isCrowded, configuration)
  const rights = configuration.rules ? `\nwith ${JSON.stringify(configuration)}` : ''
  return `${said}\nshrunk from ${steps.length} steps to ${short.steps.length}${isCrowded ? ', crowded' : ''}: ${
    short.message}\n${scriptText(short.steps)}${rights}`
}
