// Bounds, bans and the audit of a gateway, by its configuration and its files.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { passwordHash } from '../../src/port/node/credential'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { load } from './configuration_lines'
import { brokersEnd, folderMake, until } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

it('keys come to bounds', () => {
  const { guard, banFile, auditLog } = load(`
    client_message_rate 1
    client_byte_rate 2
    address_message_rate 3
    address_byte_rate 4
    address_connection_rate 5
    rate_excess disconnect
    login_delay_after 8
    ban_after 6
    ban_seconds 7
    ban_file @/bans
    audit_log @/audit.jsonl`)
  expect(guard).toEqual({
    client: { messages: 1, bytes: 2 }, address: { messages: 3, bytes: 4 }, addressConnections: 5, excess: 'disconnect',
    banAfter: 6, banSeconds: 7, delayAfter: 8,
  })
  expect([banFile?.path, auditLog?.path]).toEqual([expect.stringMatching(/bans$/), expect.stringMatching(/jsonl$/)])
  expect(() => load('client_byte_rate 0')).toThrow('client_byte_rate is 0; say a number from 1 to')
  expect(() => load('audit_log a\naudit_log b')).toThrow('there is a second audit_log')
})

it('the audit and the bans are in their files, which SIGHUP reads and opens again', async () => {
  const folder = folderMake({
    users: `anna:${passwordHash('secret word', false)}\n`, bans: '192.0.2.1 tomorrow\n',
  })
  const file = (name: string): string => join(folder, name)
  writeFileSync(file('m.conf'), [
    'listener 0 127.0.0.1', `password_file ${file('users')}`, 'ban_after 2', `ban_file ${file('bans')}`,
    `audit_log ${file('audit')}`,
  ].join('\n'))
  const test = new Program(process.execPath, [COMMAND_LINE, '-c', file('m.conf'), '-t'])
  await test.line(/bans:1: this is no ban/)
  expect((await test.end()).code).toBe(1)
  writeFileSync(file('bans'), '# by hand\n192.0.2.1\n2001:db8::/64 2999-01-01T00:00:00Z\n192.0.2.2 2001-01-01\n')
  const program = new Program(process.execPath, [COMMAND_LINE, '-c', file('m.conf')])
  const url = `mqtt://127.0.0.1:${/port (\d+)/.exec(await program.line(/listens/))![1]}`
  const come = (password: string): ReturnType<typeof connect> =>
    connect(url, 5, { username: 'anna', clientId: 'line\nforged', password: Buffer.from(password) })
  const bans = (): string => readFileSync(file('bans'), 'utf8')
  await come('secret word')
  for (const password of ['guess one', 'guess two']) await expect(come(password)).rejects.toMatchObject({ code: 0x87 })
  await program.line(/127\.0\.0\.1 is banned: 2 failed logins/)
  await until(() => /^127\.0\.0\.1 20\S+Z$/m.test(bans()))
  expect(bans()).toMatch(/^192\.0\.2\.1\n2001:db8:0:0::\/64 2999-01-01T/)
  await expect(come('secret word')).rejects.toMatchObject({ code: 0x8a })
  // Who takes the line away lifts the ban.
  writeFileSync(file('bans'), '192.0.2.1\n')
  renameSync(file('audit'), file('audit.1'))
  program.signal('SIGHUP')
  await program.line(/read again/)
  await come('secret word')
  await until(() => existsSync(file('audit')) && readFileSync(file('audit'), 'utf8').includes('admitted'))
  const events = (name: string): Record<string, unknown>[] => readFileSync(file(name), 'utf8').trim().split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(events('audit.1')).toMatchObject([
    { event: 'banned', address: '192.0.2.1' }, { event: 'banned', address: '2001:db8:0:0::/64' },
    { event: 'admitted', clientIdentifier: 'line\nforged', userName: 'anna', proof: 'password', version: '5.0' },
    { event: 'refused', reasonCode: '0x87', proof: 'password' }, { event: 'banned', address: '127.0.0.1' },
    { event: 'refused', reasonCode: '0x87' }, { event: 'refused', reasonCode: '0x8a', proof: 'none' },
  ])
  program.signal('SIGTERM')
  const { lines, errors } = await program.end()
  const all = [...lines, ...errors, ...['audit.1', 'audit'].map((name) => readFileSync(file(name), 'utf8'))].join('\n')
  expect(all).not.toMatch(/secret word|guess/)
  expect(readFileSync(file('audit.1'), 'utf8').trim().split('\n')).toHaveLength(7)
})
