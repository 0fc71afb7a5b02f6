// The file of mosquitto's dynamic security, and how its rules match.
import { afterEach, describe, expect, it } from 'vitest'
import { passwordHash } from '../../src/port/node/credential'
import { stateRead, stateWrite } from '../../src/port/node/dynamic_security/state'
import { ruleCovers } from '../../src/port/node/dynamic_security/topic_rules'
import { load } from './configuration_lines'
import { brokersEnd } from './library'

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
    expect(() => load(`listener 1\n${plugin}\nplugin_opt_config_file @/none.json`)).toThrow('none.json does not exist')
    expect(() => load(`${plugin}\nplugin_opt_config_file @/d\nacl_file @/a`, { d: '{}', a: '' }))
      .toThrow('m.conf:3: dynamic security says who may do what')
    expect(() => load('plugin_opt_config_file @/d', { d: '{}' })).toThrow('has no plugin in front of it')
    expect(() => load('auth_plugin /x/go-auth.so\nauth_opt_backends http')).toThrow(
      'm.conf:1: go-auth.so is a program for mosquitto alone: give users by password_file')
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
