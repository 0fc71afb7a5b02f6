// Makes the script of a failure short: leaves out what came before a restart, whole connections, then runs of steps, as
// long as the same thing goes wrong.

import { frameCut } from '../support/frame'
import type { Configuration } from '../support/world'
import { Oracle } from './oracle'
import { Unjudged, type Create, type Step } from './script'

/** Steps that are run at most, in all scripts together: a minute or so. */
const STEPS_MAX = 300_000

/** Runs a script; answers what went wrong, or undefined. */
export async function runScript(
  create: Create, steps: readonly Step[], isCrowded = false, configuration: Configuration = {},
): Promise<string | undefined> {
  const oracle = await Oracle.start(create, isCrowded, configuration)
  try {
    for (const step of steps) await oracle.run(step)
    await oracle.close()
    return undefined
  } catch (error) {
    return error instanceof Unjudged ? undefined : (error as Error).message
  }
}

/** What a message says beside its numbers and names. */
const essence = (message: string | undefined): string | undefined =>
  message?.replace(/^[^:]*: /, '').replace(/[^a-z ]+/gi, ' ').split(' ').filter(Boolean).slice(0, 4).join(' ')

/** Time that passes in several steps, passes in one. */
function timesJoined(steps: readonly Step[]): Step[] {
  const joined: Step[] = []
  for (const step of steps) {
    const last = joined.at(-1)
    const isSame = step.kind === 'time' && last?.kind === 'time'
    if (isSame) joined.pop()
    joined.push(isSame ? { kind: 'time', ms: last.ms + step.ms } : step)
  }
  return joined
}

/** Bytes of one connection that came in several steps, come in one. */
function bytesJoined(steps: readonly Step[]): Step[] {
  const joined: Step[] = []
  for (const step of steps) {
    const last = joined.at(-1)
    if (step.kind === 'any' && last?.kind === 'any' && last.id === step.id) {
      joined.splice(-1, 1, { ...step, hex: last.hex + step.hex })
    } else joined.push(step)
  }
  return joined
}

/** What reached the broker in fragments reaches it in whole. */
function fragmentsJoined(steps: readonly Step[]): Step[] {
  const joined: Step[] = []
  const begun = new Map<number, string>()
  for (const step of steps) {
    if (step.kind !== 'bytes' || step.broken) {
      joined.push(step)
      continue
    }
    const bytes = Buffer.from((begun.get(step.id) ?? '') + step.hex, 'hex')
    const { rest } = frameCut(bytes)
    const whole = bytes.subarray(0, bytes.length - rest.length)
    if (whole.length > 0) joined.push({ ...step, hex: whole.toString('hex') })
    begun.set(step.id, rest.toString('hex'))
  }
  return joined
}

export async function shrink(
  create: Create, steps: readonly Step[], isCrowded: boolean, configuration: Configuration,
): Promise<{ steps: Step[], message: string }> {
  const first = await runScript(create, steps, isCrowded, configuration)
  // What a client noticed, the oracle need not have.
  if (first === undefined) return { steps: [], message: 'the script alone does not fail' }
  let message = first
  const wanted = essence(message)
  let best = [...steps]
  let stepsRun = 0
  const attempt = async (candidate: Step[]): Promise<boolean> => {
    if (candidate.length === best.length || stepsRun > STEPS_MAX) return false
    stepsRun += candidate.length
    const answer = await runScript(create, candidate, isCrowded, configuration)
    if (answer === undefined || essence(answer) !== wanted) return false
    best = candidate
    message = answer
    return true
  }
  await attempt(timesJoined(best))
  for (;;) {
    const restart = best.findIndex(({ kind }) => kind === 'restart')
    if (restart < 0 || !await attempt(best.slice(restart + 1))) break
  }
  await attempt(fragmentsJoined(best))
  await attempt(bytesJoined(best))
  const ids = [...new Set(best.flatMap((step) => 'id' in step ? [step.id] : []))]
  for (let size = ids.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < ids.length;) {
      const without = new Set(ids.slice(at, at + size))
      if (await attempt(best.filter((step) => !('id' in step) || !without.has(step.id)))) ids.splice(at, size)
      else at += size
    }
  }
  await attempt(timesJoined(best))
  for (let size = best.length >> 1; size > 0; size = size > 8 ? size >> 1 : size - 1) {
    for (let at = 0; at < best.length && stepsRun < STEPS_MAX;) {
      if (!await attempt([...best.slice(0, at), ...best.slice(at + size)])) at += size
    }
  }
  await attempt(bytesJoined(best))
  await attempt(timesJoined(best))
  return { steps: best, message }
}
