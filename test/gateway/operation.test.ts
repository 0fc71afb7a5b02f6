// The gateway as a program: its configuration, what a signal does to it, its log, its numbers, its end.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { brokersEnd, folderMake } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const midge = (...parameters: string[]): Program => new Program(process.execPath, [COMMAND_LINE, ...parameters])

/** Runs a command to its end. */
const run = (input: string, ...parameters: string[]): { status: number | null, stdout: string, stderr: string } =>
  spawnSync(process.execPath, [COMMAND_LINE, ...parameters], { input, encoding: 'utf8' })

/** Starts with a configuration whose first listener takes a free port; answers the program and the port. */
async function start(path: string, ...parameters: string[]): Promise<{ program: Program, url: string }> {
  const program = midge('--config', path, '--port', '0', '--host', '127.0.0.1', ...parameters)
  const line = await program.line(/listens on .* port \d+/)
  return { program, url: `mqtt://127.0.0.1:${/port (\d+)/.exec(line)![1]}` }
}

describe('--test-config', () => {
  it('says yes with 0, or what is wrong in one sentence with 1', () => {
    const folder = folderMake({
      'good.conf': 'listener 1883\n', 'bad.conf': 'listener 1883\nbridge_insecure true\n', acl: 'topics x\n',
    })
    const path = join(folder, 'good.conf')
    expect(run('', '--config', path, '--test-config'))
      .toMatchObject({ status: 0, stdout: `${path} is good.\n`, stderr: '' })
    const bad = run('', '--config', join(folder, 'bad.conf'), '-t')
    expect([bad.status, bad.stdout]).toEqual([1, ''])
    expect(bad.stderr).toMatch(/^midge: .*bad\.conf:2: bridge_insecure belongs to a bridge; write connection.*\n$/)
    writeFileSync(join(folder, 'bad.conf'), `acl_file ${join(folder, 'acl')}\n`)
    expect(run('', '--config', join(folder, 'bad.conf'), '-t').stderr).toMatch(/acl:1: topics is no word/)
    expect(run('', '--config', join(folder, 'none.conf'), '-t').stderr).toMatch(/none\.conf does not exist/)
  })
})

describe('passwd and SIGHUP', () => {
  it('takes new users and access lists without dropping anybody', async () => {
    const folder = folderMake({ acl: 'user anna\ntopic readwrite a/#\n' })
    const [pw, acl, path] = ['pw', 'acl', 'm.conf'].map((name) => join(folder, name))
    expect(run('first\n', 'passwd', pw, 'anna')).toMatchObject({ status: 0, stdout: `anna was added in ${pw}.\n` })
    writeFileSync(path, `password_file ${pw}\nacl_file ${acl}\n`)
    const { program, url } = await start(path)
    const anna = await connect(url, 5, { username: 'anna', password: Buffer.from('first') })
    await anna.mqtt.subscribeAsync('#')
    await anna.publish('a/1', 'x', { qos: 1 })
    await expect(anna.publish('b/1', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
    expect(run('second\n', 'passwd', pw, 'anna').stdout).toMatch(/changed/)
    run('third\n', 'passwd', '--scram', pw, 'otto')
    writeFileSync(acl, 'user anna\ntopic readwrite b/#\nuser otto\ntopic read b/#\n')
    program.signal('SIGHUP')
    await program.line(/read again/)
    await anna.publish('b/1', 'y', { qos: 1 })
    await expect(anna.publish('a/1', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
    await connect(url, 5, { username: 'anna', password: Buffer.from('second') })
    await connect(url, 4, { username: 'otto', password: Buffer.from('third') })
    await expect(connect(url, 5, { username: 'anna', password: Buffer.from('first') })).rejects.toThrow()
    // A file that is not good changes nothing.
    writeFileSync(acl, 'nonsense\n')
    program.signal('SIGHUP')
    await program.line(/nothing was changed: .*acl:1/)
    await anna.publish('b/1', 'z', { qos: 1 })
    await anna.received(3)
    expect(anna.texts).toEqual(['x', 'y', 'z'])
  })

  it('says what it does not do', () => {
    const pw = join(folderMake(), 'pw')
    expect(run('\n', 'passwd', pw, 'anna'))
      .toMatchObject({ status: 1, stderr: 'midge: An empty password lets everybody in: give one.\n' })
    expect(run('x\n', 'passwd', pw, 'an:na'))
      .toMatchObject({ status: 1, stderr: 'midge: A user has a name without colons.\n' })
    expect(run('', 'passwd', '-D', pw, 'anna').stderr).toMatch(/anna is not in/)
  })
})

describe('the log', () => {
  it('is JSON where that is asked, and has no secret in it', async () => {
    const folder = folderMake()
    const path = join(folder, 'm.conf')
    const pw = join(folder, 'pw')
    run('topsecret\n', 'passwd', pw, 'anna')
    writeFileSync(path, `password_file ${pw}\nlog_dest stdout\nlog_dest file ${join(folder, 'log')}\n`)
    const program = midge('--config', path, '--port', '0', '--log-format', 'json')
    const started = JSON.parse(await program.line(/listens/)) as { message: string }
    const url = `mqtt://127.0.0.1:${/port (\d+)/.exec(started.message)![1]}`
    const client = await connect(url, 5, {
      clientId: 'line\n{"forged":true}', username: 'anna', password: Buffer.from('topsecret'),
    })
    await client.publish('a', 'private payload', { qos: 1 })
    await expect(connect(url, 5, { username: 'anna', password: Buffer.from('nearsecret') })).rejects.toThrow()
    program.signal('SIGTERM')
    const { code, lines, errors } = await program.end()
    expect([code, errors]).toEqual([0, []])
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.find(({ message }) => message === 'client connected')).toMatchObject({
      level: 'notice', clientIdentifier: 'line\n{"forged":true}', userName: 'anna', version: '5.0',
    })
    expect(events.find(({ message }) => message === 'client refused'))
      .toMatchObject({ reason: 'Not authorized', reasonCode: '0x87' })
    expect(lines.join('\n')).not.toMatch(/topsecret|nearsecret|private payload/)
    expect(readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')).toEqual(lines)
  })

  it('tells people of users and reasons in words', async () => {
    const folder = folderMake({ access: 'topic read #\n' })
    const pw = join(folder, 'users')
    run('secret\n', 'passwd', pw, 'anna')
    const path = join(folder, 'words.conf')
    writeFileSync(path, `password_file ${pw}\nacl_file ${join(folder, 'access')}\nlog_timestamp false\n`)
    const program = midge('--config', path, '--port', '0')
    const url = `mqtt://127.0.0.1:${/port (\d+)/.exec(await program.line(/listens/))![1]}`
    const thermo = { clientId: 'thermo', username: 'anna', password: Buffer.from('secret') }
    await expect(connect(url, 5, { ...thermo, password: Buffer.from('x') })).rejects.toThrow()
    await program.line(/^thermo \(anna, 127\.0\.0\.1\) was refused: Not authorized$/)
    const client = await connect(url, 5, thermo)
    await program.line(/^thermo \(anna, 127\.0\.0\.1\) connected, MQTT 5\.0$/)
    await client.publish('a', '', { qos: 1 }).catch(() => undefined)
    await program.line(/^a message of thermo \(anna, 127\.0\.0\.1\) was refused: Not authorized$/)
    await connect(url, 5, thermo)
    await program.line(/^thermo \(anna, 127\.0\.0\.1\) was disconnected: Session taken over$/)
  })

  it('cannot be forged by a name', async () => {
    const program = midge('--port', '0', '-v')
    const url = `mqtt://127.0.0.1:${/port (\d+)/.exec(await program.line(/listens/))![1]}`
    await connect(url, 5, { clientId: 'a\nb (::1) connected' })
    await program.line(/ "a\\nb \(::1\) connected" \(127\.0\.0\.1\) connected, MQTT 5\.0$/)
    await connect(url, 5, { clientId: 'b\u2028\u0085\u202e\u2066\u200e' })
    await program.line(/Z "b\\u2028\\u0085\\u202e\\u2066\\u200e"/)
    await connect(url, 5, { clientId: 'c'.repeat(60_000) })
    expect((await program.line(/Z "?ccc/)).length).toBeLessThan(500)
  })
})

it('--metrics serves what the broker counts, and its health', async () => {
  const program = midge('--port', '0', '--metrics', '0')
  const url = `mqtt://127.0.0.1:${/port (\d+)/.exec(await program.line(/listens/))![1]}`
  const http = /http:\S+:\d+/.exec(await program.line(/metrics on/))![0]
  const client = await connect(url, 5)
  await client.mqtt.subscribeAsync('#')
  for (let i = 0; i < 3; i++) await client.publish('a', 'x', { qos: 1, retain: true })
  const response = await fetch(`${http}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)![1])
  expect(value('midge_publish_messages_received_total')).toBe(3)
  expect(value('midge_retained_messages')).toBe(1)
  expect(value('midge_clients_connected')).toBe(1)
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6)
  expect(await (await fetch(`${http}/health`)).json()).toEqual({ status: 'ok', clients: 1 })
  expect((await fetch(`${http}/other`)).status).toBe(404)
  expect((await fetch(`${http}/metrics`, { method: 'POST' })).status).toBe(405)
})

it('lets QoS 2 finish before it ends', async () => {
  const program = midge('--port', '0')
  const url = `mqtt://127.0.0.1:${/port (\d+)/.exec(await program.line(/listens/))![1]}`
  const client = await connect(url, 5)
  const all = Promise.all(Array.from({ length: 200 }, (_, i) => client.publish('a', String(i), { qos: 2 })))
  await new Promise((resolve) => setTimeout(resolve, 5))
  program.signal('SIGTERM')
  await all
  expect((await program.end()).code).toBe(0)
})
