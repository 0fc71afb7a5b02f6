// What is remembered of who may do what is bounded: clients choose the topics.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { Answers } from '../../src/port/node/answers'
import type { HttpBackend } from '../../src/port/node/configuration/go_auth'
import { AskedServer } from '../../src/port/node/gateway/http_backend'

const LONG = 'a'.repeat(65_000)

it('answers are asked for once, but for topics that are too long to be kept', () => {
  const answers = new Answers(2)
  const asked: string[] = []
  const of = (key: string): boolean => answers.of(key, () => asked.push(key) > 0)
  for (const key of ['1', '1', LONG, LONG]) expect(of(key)).toBe(true)
  expect(asked).toEqual(['1', LONG, LONG])
  expect(answers.size).toBe(1)
  for (const key of ['2', '3', '4', '5']) of(key)
  expect(answers.size).toBeLessThanOrEqual(2)
})

it('a server is asked again about them', async () => {
  let count = 0
  const server = createServer((_request, response) => {
    count++
    response.end('ok')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const asked = new AskedServer({
    base: `http://127.0.0.1:${port}`, user: '/user', access: '/acl', method: 'POST', params: 'json', response: 'status',
    isUnverified: false,
  } as HttpBackend)
  const message = { payload: new Uint8Array(0), qos: 0, retain: false } as const
  const request = { clientIdentifier: 'c', userName: 'anna', action: 'publish', ...message } as const
  for (const topic of ['a', 'a', LONG, LONG]) expect(await asked.may({ ...request, topic })).toBe(true)
  expect(count).toBe(3)
  server.closeAllConnections()
  server.close()
})
