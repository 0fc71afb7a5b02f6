// A conformance case: an async function over a World, with the statements that it proves. Cases use node:assert and
// nothing of a test runner, so whatever can be a World can run them.

import type { Version } from '../support/peer'
import type { Board, Configuration, World } from '../support/world'

export interface Case {
  name: string
  /** '3.1.1/MQTT-3.1.0-1', '5.0/MQTT-3.1.0-1'. */
  clauses: string[]
  /** Features that the board must have. */
  needs: Feature[]
  /** Lets more time pass than a world with real time would want to wait. */
  longTime: boolean
  /** About how many packets it sends, where these are more than a world with a slow broker would want. */
  packets: number
  /** Boards that the case makes sense for. */
  applies: (board: Board) => boolean
  configuration: Configuration
  run: (world: World) => Promise<void>
}

export type Feature = Extract<keyof Board, `FEATURE_${string}`>

export type CaseOptions =
  Partial<Pick<Case, 'needs' | 'longTime' | 'packets' | 'applies' | 'configuration'>>

type Run = (world: World, version: Version) => Promise<void>

/** `numbers` are ids without their MQTT- in front, with spaces between. */
const clauseIds = (standard: string, numbers: string): string[] =>
  numbers.split(' ').filter((number) => number !== '').map((number) => `${standard}/MQTT-${number}`)

function make(name: string, clauses: string[], version: Version, run: Run, options: CaseOptions): Case {
  const needs = [...options.needs ?? []]
  if (version === 5) needs.push('FEATURE_MQTT5')
  return {
    name, clauses, needs, longTime: options.longTime ?? false, packets: options.packets ?? 0,
    applies: options.applies ?? (() => true), configuration: options.configuration ?? {},
    run: (world) => run(world, version),
  }
}

/** A case for 3.1.1 clients. */
export function in3(name: string, numbers: string, run: Run, options: CaseOptions = {}): Case {
  return make(`3.1.1: ${name}`, clauseIds('3.1.1', numbers), 4, run, options)
}

/** A case for 5.0 clients. */
export function in5(name: string, numbers: string, run: Run, options: CaseOptions = {}): Case {
  return make(`5.0: ${name}`, clauseIds('5.0', numbers), 5, run, options)
}

/** The cases, on boards that have the feature. */
export function needing(feature: Feature, cases: Case[]): Case[] {
  return cases.map((one) => ({ ...one, needs: [...one.needs, feature] }))
}

/** The same case for both protocol versions, with the ids of each. */
export function inBoth(
  name: string, numbers3: string, numbers5: string, run: Run, options: CaseOptions = {},
): [Case, Case] {
  return [in3(name, numbers3, run, options), in5(name, numbers5, run, options)]
}
