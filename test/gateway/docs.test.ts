// What docs/gateway.md says, tried: its commands, its configuration, its program, its lists.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { KEYS } from '../../src/port/node/configuration/keys'
import { COMMAND_LINE, LIBRARY } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { certificateMake, certificatesMake, hasOpenssl } from './certificates'
import { brokerListen, brokersEnd, folderMake } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const page = readFileSync(new URL('../../docs/gateway.md', import.meta.url), 'utf8')

/** What stands before its first section. */
const [introduction] = page.split(/^## /m)

/** The text from one heading to the next of its rank. */
function section(heading: string): string {
  const rank = /^#+/.exec(heading)![0]
  const text = page.slice(page.indexOf(`\n${heading}\n`) + heading.length + 2)
  return text.split(new RegExp(`^${rank} `, 'm'))[0]
}

/** Blocks of code of a section; `kind` is what stands behind the three marks. */
const blocks = (text: string, kind: string): string[] =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].filter((block) => block[1] === kind).map((block) => block[2])

it.skipIf(!hasOpenssl)('the commands and the configuration', async () => {
  const path = certificatesMake()
  const folder = join(path('ca.crt'), '..')
  certificateMake(folder, 'server', 'localhost')
  writeFileSync(path('access'), 'user anna\ntopic readwrite anna/#\n')
  const [commands, configuration] = blocks(introduction, '')
  const local = (text: string): string => text.replaceAll('/etc/midge', folder)
  // Ports of the test's own.
  writeFileSync(path('midge.conf'), local(configuration).replace(/^listener \d+$/gm, 'listener 0 127.0.0.1'))
  const lines = local(commands).trim().split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
  const [passwd, start, check] = lines
  const run = (parameters: string[], input = ''): string =>
    spawnSync(process.execPath, [COMMAND_LINE, ...parameters], { input, encoding: 'utf8' }).stdout
  expect(run(passwd, 'secret\n')).toMatch(/anna was added/)
  expect(run(check)).toMatch(/is good/)
  const program = new Program(process.execPath, [COMMAND_LINE, ...start])
  await program.line(/WebSocket.* listens on/)
  const ports = program.lines.map((line) => / listens on .* port (\d+)$/.exec(line)![1])
  const anna = { username: 'anna', password: Buffer.from('secret') }
  await connect(`mqtt://127.0.0.1:${ports[0]}`, 5, anna)
  await connect(`mqtts://localhost:${ports[1]}`, 5, { ...anna, ca: readFileSync(path('ca.crt')) })
  await connect(`ws://127.0.0.1:${ports[2]}`, 5, anna)
})

it.skipIf(!hasOpenssl)('the bridge of the page', async () => {
  const path = certificatesMake()
  const folder = join(path('ca.crt'), '..')
  writeFileSync(path('authority.crt'), readFileSync(path('ca.crt')))
  const { broker, port } = await brokerListen(
    { users: { site7: 'secret' } }, { tls: { certfile: path('server.crt'), keyfile: path('server.key') } })
  const [bridge] = blocks(section('## Bridges'), '')
  writeFileSync(path('m.conf'), 'listener 0 127.0.0.1\nallow_anonymous true\n' + bridge
    .replace('broker.example:8883', `localhost:${port}`).replaceAll('/etc/midge', folder))
  const metrics = await freePort()
  const program = new Program(
    process.execPath, [COMMAND_LINE, '--config', path('m.conf'), '--metrics', String(metrics)])
  const line = await program.line(/ listens on /)
  await program.line(/bridge cloud: connected to localhost port \d+, MQTT 5\.0$/)
  const client = await connect(`mqtt://127.0.0.1:${/\d+$/.exec(line)![0]}`, 5)
  await client.subscribe('commands/#', { qos: 2 })
  const out = new Promise((resolve) => {
    void broker.subscribe('site/7/sensors/#', ({ topic }) => resolve(topic), { qos: 1 })
  })
  await client.publish('sensors/a', 'x', { qos: 1 })
  expect(await out).toBe('site/7/sensors/a')
  program.signal('SIGHUP')
  await program.line(/were read again/)
  await broker.publish('site/7/commands/b', 'y', { qos: 2 })
  await client.received(1)
  expect(client.messages[0].topic).toBe('commands/b')
  await program.line(/ metrics on /)
  const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
  expect(text).toMatch(/^midge_bridge_connected\{bridge="cloud"\} 1$/m)
  for (const gauge of ['queued', 'queued_bytes', 'queued_seconds']) {
    expect(text).toMatch(new RegExp(`^midge_bridge_${gauge}\\{bridge="cloud"\\} 0$`, 'm'))
  }
  expect(text).toMatch(/^midge_bridge_received_total\{bridge="cloud"\} 1$/m)
})

it.skipIf(!hasOpenssl)('the tokens of the page', () => {
  const path = certificatesMake()
  const [lines] = blocks(section('## Tokens'), '')
  writeFileSync(path('m.conf'), lines.replaceAll('/etc/midge', join(path('ca.crt'), '..')))
  expect(spawnSync(process.execPath, [COMMAND_LINE, '-c', path('m.conf'), '-t'], { encoding: 'utf8' }))
    .toMatchObject({ status: 0, stdout: expect.stringMatching(/is good/) })
})

it('the payloads of the page', () => {
  const folder = folderMake({
    'reading.schema.json': '{}', 'truck.avsc': '"string"',
    'lift.proto': 'syntax = "proto3";\npackage house.lift;\nmessage State { bool moves = 1; }\n',
  })
  const path = join(folder, 'm.conf')
  writeFileSync(path, blocks(section('## Payloads'), '')[0].replaceAll('/etc/midge', folder))
  const { stdout } = spawnSync(process.execPath, [COMMAND_LINE, '--config', path, '-t'], { encoding: 'utf8' })
  expect(stdout).toBe(`${path} is good.\n`)
})

it('the program', async () => {
  const ports = [await freePort(), await freePort()]
  const [example] = blocks(section('## As a library'), 'js')
  let index = 0
  const code = example.replace('\'midge-mqtt\'', `'${pathToFileURL(LIBRARY).href}'`)
    .replace(/port: \d+/g, () => `port: ${ports[index++]}`)
  expect(index).toBe(2)
  const file = join(folderMake(), 'example.mjs')
  writeFileSync(file, `${code}\nconsole.log('it runs')\n`)
  const program = new Program(process.execPath, [file])
  await program.line(/it runs/)
  const anna = await connect(`ws://127.0.0.1:${ports[1]}`, 5, {
    clientId: 'lamp', username: 'anna', password: Buffer.from('secret'),
  })
  await program.line(/^lamp 5\.0$/)
  await anna.mqtt.subscribeAsync('greeting')
  await anna.received(1)
  expect(anna.texts).toEqual(['hello'])
  await anna.publish('anna/lamp', 'on', { qos: 1 })
  await program.line(/^anna\/lamp 2$/)
  await expect(anna.publish('otto/lamp', 'on', { qos: 1 })).rejects.toThrow('Not authorized')
})

it('names every key and every option that there is', () => {
  const gateway = introduction
  expect(Object.keys(KEYS).filter((key) => !gateway.includes(`\`${key}`))).toEqual([])
  const help = spawnSync(process.execPath, [COMMAND_LINE, '--help'], { encoding: 'utf8' }).stdout
  const options = [...help.matchAll(/--[\w-]+/g)].map(([option]) => option)
  expect(options).toContain('--config')
  expect(options.filter((option) => !['--help', '--version'].includes(option) && !gateway.includes(option))).toEqual([])
})
