// What is said about the engine: what it is asked for, and how it answers.
export interface EngineOptions {
  servers: string[]
  /** What the streams and subjects of this cluster begin with. */
  name: string
}

export interface Stored { bytes: Uint8Array, revision: number }

/** Somebody else has written the key since. */
export class Overtaken extends Error {}

/** It is larger than the engine takes. */
export class TooLarge extends Error {}

/** It has ended meanwhile, or whoever wanted it is another one. */
export class Unwanted extends Error {}

const LOST = /^no message found/

/** Answers null where an entry is gone; throws what else the engine says. */
export function nullWhereLost(error: Error): null {
  if (LOST.test(error.message)) return null
  throw error
}

/** Answers null where somebody else was first; throws what else the engine says. */
export function nullWhereOvertaken(error: Error): null {
  if (error instanceof Overtaken) return null
  throw error
}

export const BUCKETS = ['sessions', 'retained', 'nodes'] as const
export type Bucket = typeof BUCKETS[number]
