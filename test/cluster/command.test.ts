// `npm run cluster`, from what it prints to its end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import { ROOT } from '../../scripts/lib/root.mjs'
import { PATIENCE, User } from './user'

const SCRIPT = join(ROOT, 'scripts/cluster.mjs')

it.skipIf(natsMissing)(`starts servers and gateways on this computer, and says where ${natsMissing}`, async () => {
  const program = spawn(process.execPath, [SCRIPT, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(program, 'exit')
  const lines: string[] = []
  createInterface({ input: program.stdout }).on('line', line => lines.push(line))
  await vi.waitFor(() => expect(lines.at(-1)).toMatch(/Ctrl-C ends them/), PATIENCE)
  const ports = lines.flatMap(line => /A gateway: mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? []).map(Number)
  expect(ports).toHaveLength(3)
  const [reader, sender] = [await User.connect(ports[0], 'reader'), await User.connect(ports[2], 'sender')]
  await reader.client.subscribeAsync('x', { qos: 1 })
  await sender.client.publishAsync('x', 'hello', { qos: 1 })
  await vi.waitFor(() => expect(reader.payloads).toEqual(['hello']), PATIENCE)
  for (const user of [reader, sender]) user.cut()
  program.kill('SIGINT')
  expect(await ended).toEqual([0, null])
})

it('is one sentence where there is no nats-server', async () => {
  const env = { ...process.env, PATH: '' }
  const program = spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  program.stderr.on('data', text => { said += text })
  expect(await once(program, 'exit')).toEqual([1, null])
  expect(said).toMatch(/^midge: nats-server is not installed: apt install nats-server, or https:\S+\.\n$/)
})
