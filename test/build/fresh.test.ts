// What is built again, and what is not.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { buildFresh } from '../../scripts/lib/fresh.mjs'
import { ROOT } from '../../scripts/lib/root.mjs'

it('a file is built where its sources have changed, or where it is gone, and nowhere else', async () => {
  const file = join(ROOT, '.cache', `fresh-test-${process.pid}`, 'made')
  let builds = 0
  const build = async (): Promise<void> => {
    builds++
    writeFileSync(file, 'made')
  }
  mkdirSync(dirname(file), { recursive: true })
  for (const [hash, expected] of [['a', 1], ['a', 1], ['b', 2], ['b', 2]] as const) {
    await buildFresh(file, build, hash)
    expect(builds).toBe(expected)
  }
  rmSync(file)
  await buildFresh(file, build, 'b')
  expect(builds).toBe(3)
  for (const folder of ['', 'made-of/.cache/']) {
    rmSync(join(ROOT, '.cache', folder, `fresh-test-${process.pid}`), { recursive: true })
  }
})
