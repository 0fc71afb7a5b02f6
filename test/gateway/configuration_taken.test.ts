// What of mosquitto.conf is taken although it is not what Midge does by itself: nobody's file is refused for it.
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { bridgeTerms } from '../../src/port/node/bridge/bridge_terms'
import { readConfiguration } from '../../src/port/node/configuration/load'
import { addressErrors } from '../../src/port/node/gateway/address_check'
import { load } from './configuration_lines'
import { brokersEnd, folderMake } from './library'

afterEach(brokersEnd)

describe('what is kept', () => {
  it('is beside a file of mosquitto\'s of that name, and stays there when that is gone', () => {
    const folder = folderMake({ 'm.db': 'a store of mosquitto' })
    const read = () => load(`persistence true\npersistence_location ${folder}\npersistence_file m.db`)
    const { persistence, notices } = read()
    expect(persistence).toEqual({ location: join(folder, 'm.db.midge') })
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(/m\.conf:2: .*m\.db is a file of mosquitto's, which Midge does not read; what is kept/)
    mkdirSync(join(folder, 'm.db.midge'))
    unlinkSync(join(folder, 'm.db'))
    expect(read()).toMatchObject({ persistence: { location: join(folder, 'm.db.midge') }, notices: [] })
  })

  it('is kept where the plug-in of 2.1 would keep it', () => {
    const lines = 'plugin /usr/lib/mosquitto_persist_sqlite.so\nplugin_opt_db_file /a/mosquitto.sqlite3'
    const { persistence, notices } = load(`${lines}\npersistence false`)
    expect(persistence).toEqual({ location: '/a/mosquitto.sqlite3' })
    expect(notices).toMatchObject([/m\.conf:1: plugin mosquitto_persist_sqlite\.so is persistence true here$/]
      .map((words) => expect.stringMatching(words)))
  })
})

describe('what mosquitto takes', () => {
  const behind = (notices: string[]): string[] => notices.map((notice) => notice.replace(/^.*m\.conf:/, ''))

  it('of numbers that are large, and of those below 0', () => {
    expect(load('max_queued_messages 100000\nmax_packet_size 268435456').limits)
      .toEqual({ queuedMessages: 100_000, packetSize: 268_435_455 })
    expect(load('max_queued_messages -1\nmax_queued_bytes -1\nmax_inflight_bytes -1\nmax_inflight_messages -1').limits)
      .toEqual({ queuedMessages: 0, inflightMessages: 65_535, receiveMaximum: 256 })
  })

  it('of bridges\' numbers that are too small for it', () => {
    const { bridges, notices } = load(`connection a
address b
topic # out
keepalive_interval 0
restart_timeout 0
idle_timeout 0
threshold 0`)
    expect(bridges).toMatchObject([{ keepAlive: 5, restartTimeout: 1, idleTimeout: 1, threshold: 1 }])
    expect(behind(notices)).toEqual([
      '4: keepalive_interval is 0, which is taken for 5', '5: restart_timeout is 0, which is taken for 1',
      '6: idle_timeout is 0, which is taken for 1', '7: threshold is 0, which is taken for 1',
    ])
  })

  it('of where to log: a word, and what stands behind it is told of', () => {
    const { log, notices } = load('log_dest stderr # all\nlog_dest file @/m # log')
    expect(log.destinations).toMatchObject([{ kind: 'stderr' }, { file: expect.stringMatching(/m # log$/) }])
    expect(behind(notices)).toEqual([expect.stringContaining('1: log_dest is stderr; what follows is a comment')])
  })

  it('of how TLS is spoken, where there is none', () => {
    const { listeners, notices } = load('listener 1\ntls_version tlsv1.2\nciphers AES128-SHA')
    expect(listeners).toMatchObject([{ port: 1 }])
    expect(listeners[0].tls).toBeUndefined()
    expect(behind(notices)).toEqual(['1: this listener has no TLS, as it has no certfile and keyfile'])
    expect(() => load('listener 1\ncafile @/c', { c: '' })).toThrow('has keys of TLS but no certfile and keyfile')
  })

  it('of durations, seconds and a comment behind them among it', () => {
    expect(load('persistent_client_expiration 90s').limits).toEqual({ sessionExpiry: 90 })
    const { limits, notices } = load('persistent_client_expiration 1w  # a week (or d/h)')
    expect(limits).toEqual({ sessionExpiry: 604_800 })
    expect(behind(notices)).toEqual([expect.stringContaining('1: persistent_client_expiration is 1w; what follows')])
  })

  it('of versions of TLS that are older than those that are spoken', () => {
    const { listeners, bridges, notices } = load(`listener 1
certfile @/c
keyfile @/c
tls_version tlsv1
connection up
address up.example
topic # out
bridge_cafile @/c
bridge_tls_version tlsv1.1`, { c: '' })
    expect(listeners).toMatchObject([{ tls: { minVersion: 'TLSv1.2' } }])
    expect(bridges).toMatchObject([{ tls: { minVersion: 'TLSv1.2' } }])
    expect(behind(notices)).toEqual([
      '4: tls_version is tlsv1; what is spoken is tlsv1.2 and later',
      '9: bridge_tls_version is tlsv1.1; what is spoken is tlsv1.2 and later',
    ])
  })

  it('against the standard changes nothing, and is told of', () => {
    expect(behind(load('upgrade_outgoing_qos true').notices))
      .toEqual(['1: upgrade_outgoing_qos changes nothing: a message goes out with the lower QoS of the two'])
  })

  it('of a word where a QoS should be, which is 0', () => {
    const { bridges, notices } = load('connection a\naddress b\ntopic # in zwave/')
    expect(bridges).toMatchObject([{ topics: [{ direction: 'in', qos: 0, localPrefix: '' }] }])
    expect(behind(notices)).toEqual(['3: topic #: its QoS is zwave/, which is taken for 0'])
  })

  it('of bridges: large letters, and one Client Identifier for both sides', () => {
    const { bridges } = load('connection a\naddress b\nremote_clientid x\nlocal_clientid x\ntopic # IN\ntopic b Both 1')
    expect(bridges).toMatchObject([{ topics: [{ direction: 'in' }, { direction: 'both', qos: 1 }] }])
    expect(bridgeTerms(bridges[0])).toMatchObject({ remoteClientIdentifier: 'x', localClientIdentifier: 'x' })
  })
})

/** What is wrong with lines of a file, without what leads to them. */
function errorsOf(lines: string, folder = folderMake({})): string[] {
  const path = join(folder, 'm.conf')
  writeFileSync(path, lines)
  return readConfiguration(path).errors.map(({ message }) => message.replace(/^.*m\.conf:/, ''))
}

it('what is wrong once is told of once, however many listeners there are', () => {
  expect(errorsOf('auth_plugin /x/go-auth.so\nauth_opt_backends redis\nlistener 1\nlistener 2'))
    .toEqual([expect.stringContaining('2: go-auth\'s backend redis is not supported')])
  const folder = folderMake({ pw: '' })
  expect(errorsOf(`auth_plugin /x/go-auth.so
auth_opt_backends files,jwt
auth_opt_files_password_path ${folder}/pw
auth_opt_jwt_mode remote
listener 1
listener 2`, folder)).toEqual([expect.stringContaining('4: the backend jwt is only there with jwt_mode files')])
})

it('a name that nobody knows is no address to listen on, and is told of before the start', async () => {
  const errors = await addressErrors(
    load('listener 1 nobody.invalid\nlistener 2 localhost\nlistener 3\nlistener 4 ::1'))
  expect(errors.map(({ message }) => message)).toEqual(
    [expect.stringMatching(/m\.conf:1: nobody knows the address of nobody\.invalid; give one of this computer/)])
})
