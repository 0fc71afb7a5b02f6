// The gateway's process is killed again and again in the middle of everything, and nothing that it has acknowledged is
// missing when it is there again: MIDGE_KILLS=200 npx vitest run test/gateway/kill
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type Gateway, gatewayStart } from '../../interop/gateway'
import { PATIENCE_MS } from '../../support/patience'
import { Household } from './household'

const KILLS = Number(process.env.MIDGE_KILLS ?? 10)
/** A round ends somewhere within that, in milliseconds. */
const ROUND_MS_MAX = 300

const folder = mkdtempSync(join(tmpdir(), 'midge-kill-'))
const configuration = join(folder, 'midge.conf')
writeFileSync(configuration, [
  'persistence true', `persistence_location ${folder}`, 'allow_anonymous true', 'max_queued_messages 1000',
  'max_inflight_messages 20', 'log_type error', 'log_type information', 'listener 0 127.0.0.1', '',
].join('\n'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const start = (): Promise<Gateway> => gatewayStart('--config', configuration)

async function kill (gateway: Gateway): Promise<void> {
  gateway.program.signal('SIGKILL')
  await gateway.program.end()
}

it(`loses nothing that was acknowledged in ${KILLS} kills`, async () => {
  const household = new Household(PATIENCE_MS)
  let gateway = await start()
  for (let round = 0; round < KILLS; round++) {
    await household.arrive(gateway.port)
    await household.live(Math.random() * ROUND_MS_MAX)
    await kill(gateway)
    household.leave()
    gateway = await start()
  }
  await household.arrive(gateway.port)
  await household.finish()
  household.check()
  expect(household.kept).toBeGreaterThan(KILLS)
  await kill(gateway)
}, 600_000)
