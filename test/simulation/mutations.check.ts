// Every deliberate bug is noticed by the seeds that CI runs, and the sources as they are by none. Run by
// `npm run mutations`, which takes some minutes.

import { expect, test } from 'vitest'
import { MUTATIONS } from '../../scripts/mutations/list.mjs'
import { faultsThatNotice, seedThatNotices, type Mutation } from './mutant'
import { SEEDS_IN_CI, HOURS_IN_CI } from './seeds'

const only = process.env.MIDGE_MUTATION

test('the sources as they are have none of them', async () => {
  expect(await seedThatNotices(undefined, 0, [1], HOURS_IN_CI)).toBeUndefined()
  expect(await faultsThatNotice(undefined, 0)).toBeUndefined()
})

for (const [index, mutation] of (MUTATIONS as Mutation[]).entries()) {
  test.runIf(!only || Number(only) === index + 1)(`${index + 1}: ${mutation.name}`, async () => {
    const noticed = await seedThatNotices(mutation, index + 1, SEEDS_IN_CI, HOURS_IN_CI)
    console.log(`${String(index + 1).padStart(2)} ${noticed ? 'caught' : 'MISSED'}  ${mutation.name}${
      noticed ? `: seed ${noticed.seed}, ${noticed.message.slice(0, 100)}` : ''}`)
    expect(noticed).toBeDefined()
  }, 600_000)
}
