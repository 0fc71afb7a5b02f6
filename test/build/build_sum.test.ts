// What tells one build from another: src/build.ts.

import { expect, test } from 'vitest'
import { rollBoard } from '../../scripts/build/make.mjs'
import { shippedOptions } from '../../scripts/build/edition.mjs'

const sumOf = async (overrides: Record<string, unknown>): Promise<string | undefined> => {
  const { code } = await rollBoard('esp32', { ...await shippedOptions('esp32'), overrides })
  return /^const BUILD = '([0-9a-f]{8})';$/m.exec(code)?.[1]
}

test('a bundle has a sum of its sources, and another one of others', async () => {
  const sum = await sumOf({})
  expect(sum).toBeDefined()
  expect(await sumOf({})).toBe(sum)
  const other = await sumOf({ QUEUE_MAX: 64 })
  expect(other).toBeDefined()
  expect(other).not.toBe(sum)
})
