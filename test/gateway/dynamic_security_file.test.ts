// The file of mosquitto's dynamic security, and how its rules match.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { passwordHash } from '../../src/port/node/credential'
import { DynamicSecurity } from '../../src/port/node/dynamic_security/dynamic_security'
import { firstFile } from '../../src/port/node/dynamic_security/first_file'
import { stateRead, stateWrite } from '../../src/port/node/dynamic_security/state'
import { ruleCovers } from '../../src/port/node/dynamic_security/topic_rules'
import { RealmReader } from '../../src/port/node/gateway/realm_files'
import type { Broker } from '../../src/port/node/library/api'
import { load } from './configuration_lines'
import { brokersEnd, folderMake } from './library'

afterEach(brokersEnd)

it.each([
  ['a/+', 'a/b', true], ['a/+', 'a/#', false], ['a/#', 'a', true], ['a/#', 'a/#', true], ['#', '$SYS/x', false],
  ['$SYS/#', '$SYS/x', true], ['+', 'a/b', false], ['a/%c/#', 'a/lamp/x', true], ['a/%u', 'a/anna', true],
  ['a/%u', 'a/otto', false], ['a/%ux', 'a/%ux', true],
])('rules match as they should, with %%c and %%u for names: %s, %s', (rule, topic, isCovered) => {
  expect(ruleCovers(rule, topic, 'lamp', 'anna')).toBe(isCovered)
  // Names that would widen a rule, or are not there, are nobody's.
  if (/%[cu](\/|$)/.test(rule)) {
    expect(['+', 'a/b', '#', ''].map((name) => ruleCovers(rule, topic.replace(/lamp|anna/, name), name, name)))
      .toEqual([false, false, false, false])
  }
})

describe('the file', () => {
  it('is read and written with what both plug-ins have for passwords', () => {
    const hash = passwordHash('secret', false)
    const [, , iterations, salt, password] = hash.split('$')
    const parts = { username: 'b', password, salt, iterations: Number(iterations) }
    const first = { username: 'a', encoded_password: hash, textName: 'First' }
    const state = stateRead(JSON.stringify({ clients: [first, parts] }))
    expect([state.clients.get('a')?.hash, state.clients.get('b')?.hash]).toEqual([hash, hash])
    const written = stateWrite(state)
    const kept = { username: 'a', textname: 'First', password, salt }
    expect(JSON.parse(written)).toMatchObject({ clients: [kept, { username: 'b' }] })
    expect(stateWrite(stateRead(written))).toBe(written)
  })

  it('is told of where it is not good, and what goes with it', () => {
    const plugin = 'plugin /x/mosquitto_dynamic_security.so'
    expect(() => load(`listener 1\n${plugin}`))
      .toThrow('m.conf:2: dynamic security needs plugin_opt_config_file; add it.')
    expect(() => load(`listener 1\n${plugin}\nplugin_opt_config_file @/no/none.json`))
      .toThrow('none.json does not exist')
    expect(() => load(`${plugin}\nplugin_opt_config_file @/d\nacl_file @/a`, { d: '{}', a: '' }))
      .toThrow('m.conf:3: dynamic security says who may do what')
    expect(() => load('plugin_opt_config_file @/d', { d: '{}' })).toThrow('has no plugin in front of it')
    expect(() => load('auth_plugin /x/jwt-only.so\nauth_opt_backends http')).toThrow(
      'm.conf:1: jwt-only.so is a program for mosquitto alone: give users by password_file')
  })

  it('of 2.1\'s plug-ins for users and access lists is what their keys were', () => {
    const { realms } = load(`
      listener 1
      plugin /x/mosquitto_password_file.so
      plugin_opt_password_file @/pw
      global_plugin /x/mosquitto_acl_file.so
      plugin_opt_acl_file @/acl`, { pw: '', acl: '' })
    expect(realms).toMatchObject([{
      passwordFile: { path: expect.stringMatching(/pw$/) }, accessFile: { path: expect.stringMatching(/acl$/) },
    }])
  })
})

describe('a file that is not there', () => {
  const claimOf = (userName: string, password: string) =>
    ({ clientIdentifier: 'c', userName, password: Buffer.from(password), address: '::1' })

  it('begins with mosquitto 2.1\'s users, their passwords beside it, when it begins and not before', async () => {
    const folder = folderMake()
    const told: string[] = []
    const security = new DynamicSecurity(join(folder, 'd.json'), (sentence) => told.push(sentence))
    expect(readdirSync(folder)).toEqual([])
    security.begin()
    expect(readdirSync(folder).sort()).toEqual(['d.json', 'd.json.pw'])
    expect(statSync(join(folder, 'd.json.pw')).mode & 0o077).toBe(0)
    const lines = readFileSync(join(folder, 'd.json.pw'), 'utf8').trim().split('\n')
    const passwords = lines.map((line) => line.split(' '))
    expect(passwords.map(([name]) => name)).toEqual(['admin', 'democlient'])
    const again = new DynamicSecurity(join(folder, 'd.json'), () => undefined)
    for (const { judge } of [security, again]) {
      for (const [name, password] of passwords) {
        expect(await judge.authenticate(claimOf(name, password))).toBe(true)
        expect(await judge.authenticate(claimOf(name, `${password}x`))).not.toBe(true)
      }
      const allowed = (userName: string, topic: string) =>
        judge.allows({ clientIdentifier: 'c', userName, action: 'subscribe', topic })
      expect(['admin', 'democlient'].map((name) => allowed(name, '$CONTROL/dynamic-security/#'))).toEqual([true, false])
      expect(['admin', 'democlient'].map((name) => allowed(name, 'a/#'))).toEqual([true, true])
    }
    expect(told).toHaveLength(1)
    expect(told[0]).toContain('d.json.pw')
    for (const [, password] of passwords) expect(told[0]).not.toContain(password)
  })

  it('begins with the password that was given, and says what is wrong with one', async () => {
    const folder = folderMake({ init: 'adminadminadmin\n', empty: '\n' })
    const security = new DynamicSecurity(join(folder, 'd.json'), () => undefined, join(folder, 'init'))
    security.begin()
    expect(readdirSync(folder).sort()).toEqual(['d.json', 'empty', 'init'])
    expect(await security.judge.authenticate(claimOf('admin', 'adminadminadmin'))).toBe(true)
    const lines = (init: string) => `plugin /x/mosquitto_dynamic_security.so
      plugin_opt_config_file ${folder}/e.json\nplugin_opt_password_init_file ${folder}/${init}`
    const options = load(lines('empty'))
    expect(() => new RealmReader(options).read()).toThrow(/m\.conf:2: .*empty has no password in its first line/)
    expect(() => new RealmReader(load(lines('init'))).read()).not.toThrow()
    vi.stubEnv('MOSQUITTO_DYNSEC_PASSWORD', 'short')
    expect(() => firstFile(undefined)).toThrow('MOSQUITTO_DYNSEC_PASSWORD has fewer than 12 characters')
    vi.stubEnv('MOSQUITTO_DYNSEC_PASSWORD', 'long enough for it')
    expect(firstFile(undefined).passwords).toBeUndefined()
    vi.unstubAllEnvs()
  })
})

it('judges names, correlation data and what there is in mosquitto\'s words, and counts each change', async () => {
  const security = new DynamicSecurity(join(folderMake({ 'd.json': '{}' }), 'd.json'), () => undefined)
  const responses: { command: string, error?: string, data?: object }[] = []
  const broker = {
    rightsChanged: () => undefined,
    clients: () => [],
    publish: (_topic: string, payload: string) => {
      responses.push(...JSON.parse(payload).responses)
      return Promise.resolve()
    },
  } as unknown as Broker
  const commands = [
    { command: 'createRole', rolename: 'a\uffff' }, { command: 'createGroup', groupname: 'a\u0001' },
    { command: 'createClient', username: 'u', clientid: '\ufdd0' },
    { command: 'addGroupRole', groupname: 'none', rolename: 5 },
    { command: 'createRole', rolename: 'r', correlationdata: 5 },
    { command: 'setClientPassword', username: 'u', password: '' },
    { command: 'createRole', rolename: 'r' }, { command: 'createGroup', groupname: 'g' }, { command: 'getDetails' },
  ]
  await security.take(broker, {
    topic: '$CONTROL/dynamic-security/v1', payload: Buffer.from(JSON.stringify({ commands })), clientIdentifier: 'c',
    userName: undefined,
  })
  expect(responses.map(({ error }) => error)).toEqual([
    'Role name not valid UTF-8', 'Group name not valid UTF-8', 'Client ID not valid UTF-8',
    'Invalid/missing rolename', 'Invalid correlationData data type.',
    'Empty password is not allowed', undefined, undefined, undefined])
  expect(responses.at(-1)!.data).toMatchObject({ changeIndex: 2 })
})
