// What the command line takes of a cluster, and what it loads.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'mqtt-packet'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import { COMMAND_LINE } from '../interop/gateway_build'
import { ClusterWorld } from './cluster_world'
import { KEPT, PATIENCE, User } from './user'

const folder = mkdtempSync(join(tmpdir(), 'midge-cluster-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...options: string[]): string => {
  const { stderr } = spawnSync(process.execPath, [COMMAND_LINE, ...options], { encoding: 'utf8', timeout: 60_000 })
  return stderr.trim()
}

describe('the command line of a cluster', () => {
  it.each([
    [['--cluster', 'http://a:4222'], /NATS servers look like nats:\/\/host:4222, with commas between them\.$/],
    [['--cluster', ''], /NATS servers look like/],
    [['--cluster', 'nats://a', '--cluster-name', 'A b'], /A name of up to 32 small letters, digits, _ and - is needed\.$/],
    [['--cluster-name', 'a'], /^midge: --cluster-name and --cluster-reference say something of --cluster: give/],
  ])('says what is wrong with %s', (options, sentence) => {
    expect(run(...options)).toMatch(sentence)
  })

  it.each([
    ['persistence', ['persistence true', `persistence_location ${folder}`]],
    ['bridges', ['connection up', 'address 127.0.0.1', 'topic # out']],
    ['dynamic security', ['plugin mosquitto_dynamic_security.so', `plugin_opt_config_file ${folder}/security.json`]],
  ])('goes without %s', (what, lines) => {
    const file = join(folder, `${what}.conf`)
    writeFileSync(file, [...lines, ''].join('\n'))
    expect(run('--config', file, '--cluster', 'nats://127.0.0.1:1'))
      .toBe(`midge: --cluster goes without ${what}: delete it from the configuration.`)
  })

  it('loads nothing of it without --cluster', () => {
    const beside = (name: string): string => readFileSync(join(COMMAND_LINE, '..', name), 'utf8')
    for (const name of ['cli.js', 'index.js', 'midge.js']) {
      expect(beside(name)).not.toContain('@nats-io')
      expect(beside(name)).not.toMatch(/^import .*cluster\.js/m)
    }
    expect(beside('cluster.js')).toContain('import(\'@nats-io/jetstream\')')
  })
})

describe.skipIf(natsMissing)(`a gateway on an engine ${natsMissing}`, () => {
  const world = new ClusterWorld()
  afterAll(() => world.stop())

  it('takes no packet that the engine does not', async () => {
    await world.start(1, 1)
    const user = await User.connect(world.ports[0], 'large')
    await user.client.publishAsync('x', Buffer.alloc(1_000_000), { qos: 1 })
    user.client.stream.write(generate({
      cmd: 'publish', topic: 'x', payload: Buffer.alloc(1_100_000), qos: 1, messageId: 7, dup: false, retain: false,
    }, { protocolVersion: 5 }))
    await vi.waitFor(() => expect(user.disconnect?.reasonCode).toBe(0x95), PATIENCE)
    user.cut()
  })

  it('keeps no session that the engine does not take, and everybody else\'s', async () => {
    const [port] = world.ports
    const [greedy, calm] = [await User.connect(port, 'greedy', KEPT), await User.connect(port, 'calm', KEPT)]
    for (const part of ['a', 'b', 'c']) {
      const filters = Array.from({ length: 10 }, (_, i) => `${part}${i}/${'x'.repeat(40_000)}`)
      greedy.client.subscribe(filters, { qos: 1 }, () => undefined)
    }
    await vi.waitFor(() => expect(greedy.disconnect?.reasonCode).toBe(0x97), PATIENCE)
    await calm.client.subscribeAsync('x', { qos: 1 })
    await calm.client.publishAsync('x', 'x', { qos: 1 })
    await vi.waitFor(() => expect(calm.payloads).toEqual(['x']), PATIENCE)
    const again = await User.connect(port, 'greedy', KEPT)
    expect(again.isSessionPresent).toBe(false)
    expect(world.gateways[0].lines.join()).toContain('the session of greedy is larger than the engine takes')
    for (const user of [calm, again]) user.cut()
  })
})
