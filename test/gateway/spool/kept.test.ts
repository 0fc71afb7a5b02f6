// With persistence large payloads that were acknowledged are there again after the gateway's process was killed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type Gateway, gatewayStart, gatewayStop } from '../../interop/gateway'
import { COMMAND_LINE } from '../../interop/gateway_build'
import { programsEnd, run } from '../../interop/program'
import { brokersEnd, folderMake, until } from '../library'
import { LARGE, LARGE_HASH, clientMake, clientsEnd, filesOf } from './household'

const folder = folderMake()
const spool = join(folder, 'midge.db', 'spool')
const configuration = join(folder, 'midge.conf')
writeFileSync(configuration, [
  'persistence true', `persistence_location ${folder}`, 'persistence_file midge.db', 'allow_anonymous true',
  'listener 0 127.0.0.1', '',
].join('\n'))

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const start = (): Promise<Gateway> => gatewayStart('--config', configuration)

async function kill({ program }: Gateway): Promise<void> {
  program.signal('SIGKILL')
  await program.end()
}

it('retained and queued messages, until nobody needs them any more', async () => {
  let gateway = await start()
  const lasting = { clientId: 'away', clean: false }
  const before = await clientMake(gateway.url, lasting)
  await before.client.subscribeAsync('queued/#', { qos: 2 })
  await before.client.endAsync()
  const sender = await clientMake(gateway.url)
  await sender.client.publishAsync('retained', LARGE, { qos: 1, retain: true })
  await sender.client.publishAsync('queued/1', LARGE, { qos: 1 })
  await sender.client.publishAsync('queued/2', LARGE, { qos: 2 })
  expect(filesOf(spool).length).toBe(3)
  await kill(gateway)
  const exported = await run(process.execPath, COMMAND_LINE, 'export', join(folder, 'state'), '--config', configuration)
  expect(exported.join(' ')).toContain('but not the payloads of 3 messages of more than 4 MiB')
  // What was on its way when the power went belongs to nobody.
  writeFileSync(join(spool, '0123456789abcdef'), 'half')

  gateway = await start()
  expect(filesOf(spool).length).toBe(3)
  const reader = await clientMake(gateway.url)
  await reader.client.subscribeAsync('retained', { qos: 1 })
  const back = await clientMake(gateway.url, lasting)
  await until(() => reader.got.length === 1 && back.got.length === 2)
  expect([...reader.got, ...back.got].map(({ topic, hash }) => [topic, hash])).toEqual(
    ['retained', 'queued/1', 'queued/2'].map((topic) => [topic, LARGE_HASH]))
  await until(() => filesOf(spool).length === 1)

  const other = await clientMake(gateway.url)
  await other.client.publishAsync('retained', '', { qos: 1, retain: true })
  await until(() => filesOf(spool).length === 0)
  await kill(gateway)
  gateway = await start()
  await gatewayStop(gateway)
})
