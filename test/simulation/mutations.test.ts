// `npm run mutations` takes long and is run seldom: here is whether each of its bugs can still be put into the sources.

import { describe, expect, it } from 'vitest'
import { MUTATIONS } from '../../scripts/mutations/list.mjs'
import { mutated, type Mutation } from './mutant'

describe('a deliberate bug', () => {
  it.each((MUTATIONS as Mutation[]).map((mutation) => [mutation.name, mutation] as const))(
    'has one place in the sources: %s', (_name, mutation) => {
      expect(mutated(mutation)).not.toBe(mutated({ ...mutation, to: mutation.from }))
    })
})
