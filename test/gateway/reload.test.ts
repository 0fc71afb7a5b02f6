// SIGHUP: what is applied while the gateway runs, what is told of, and what nothing changes by.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { passwordHash } from '../../src/port/node/credential'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { brokersEnd, folderMake, until } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const user = (name: string): string => `${name}:${passwordHash('secret', false)}\n`

it('applies what can be applied, and tells of it and of the rest', async () => {
  const folder = folderMake({ a: user('anna'), b: user('otto') })
  const [file, log] = [join(folder, 'm.conf'), join(folder, 'm.log')]
  const port = await freePort()
  const write = (...lines: string[]): void => writeFileSync(file, [`listener ${port}`, ...lines].join('\n'))
  write(`password_file ${join(folder, 'a')}`, `log_dest file ${log}`, 'log_dest stdout', 'log_type all')
  const program = new Program(process.execPath, [COMMAND_LINE, '-c', file])
  await program.line(/listens on/)
  const url = `mqtt://127.0.0.1:${port}`
  const as = (username: string) => ({ username, password: Buffer.from('secret') })
  const anna = await connect(url, 5, as('anna'))
  await expect(connect(url, 5)).rejects.toMatchObject({ code: 0x87 })

  // The log was moved away, as logrotate does it; other users, and anonymous clients, come in.
  renameSync(log, `${log}.1`)
  write(`password_file ${join(folder, 'b')}`, 'allow_anonymous true', `log_dest file ${log}`, 'log_dest stdout',
    'connection_messages false', 'sys_interval 5')
  program.signal('SIGHUP')
  expect(await program.line(/SIGHUP: users/))
    .toMatch(/logs opened again; changed: password_file, log_type, allow_anonymous, connection_messages$/)
  expect(await program.line(/a restart is needed for/)).toMatch(/for: sys_interval$/)
  const before = readFileSync(`${log}.1`, 'utf8')
  await connect(url, 5)
  await connect(url, 5, as('otto'))
  await expect(connect(url, 5, as('anna'))).rejects.toMatchObject({ code: 0x87 })
  await anna.publish('a', 'still here', { qos: 1 })
  await until(() => readFileSync(log, 'utf8').includes('was refused'))
  expect(readFileSync(log, 'utf8')).not.toMatch(/connected/)
  expect(readFileSync(`${log}.1`, 'utf8')).toBe(before)

  // Other listeners are for the next start, and what is theirs is too.
  write(`password_file ${join(folder, 'a')}`, 'listener 1', `log_dest file ${log}`, 'log_dest stdout')
  program.signal('SIGHUP')
  expect((await program.count(/a restart is needed for/, 2))[1]).toMatch(/password_file.*listener/)
  await connect(url, 5, as('otto'))

  write('lisener 2')
  program.signal('SIGHUP')
  expect(await program.line(/nothing was changed/)).toMatch(/m\.conf:2: lisener is no key/)
  await connect(url, 5, as('otto'))
})
