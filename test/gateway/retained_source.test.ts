// check_retain_source: what is retained is sent while who has published it may still do so.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { passwordHash } from '../../src/port/node/credential'
import type { AccessRule, Broker, Realm } from '../../src/port/node/library/api'
import { type Client, clientsEnd, connect } from '../interop/mqttjs_client'
import { programsEnd } from '../interop/program'
import { start } from './beside'
import { load } from './configuration_lines'
import { brokerMake, brokersEnd, folderMake } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const READ: AccessRule = { access: 'read', filter: '#' }
const anna: AccessRule[] = [{ userName: 'anna', access: 'write', filter: 'a/#' }]

/** What a new subscriber is sent of these topics; `end` comes last, as everybody may write it. */
async function retainedOf(url: string, topics: string[]): Promise<string[]> {
  const reader = await connect(url, 5, { username: 'reader', password: Buffer.from('x') })
  const heard: string[] = []
  reader.mqtt.on('message', (topic) => heard.push(topic))
  for (const topic of [...topics, 'end']) await reader.mqtt.subscribeAsync(topic, { qos: 1 })
  while (!heard.includes('end')) await new Promise((resolve) => setTimeout(resolve, 5))
  await reader.end()
  return heard.filter((topic) => topic !== 'end')
}

async function listen(realm: Partial<Realm>, retainSource: boolean | undefined): Promise<{
  url: string, set(more: Partial<Realm>): void, broker: Broker, come(userName: string): Promise<Client>
}> {
  const broker = await brokerMake({ limits: { retainSource } })
  const set = (more: Partial<Realm>): void =>
    broker.realmsSet({ r: { users: { anna: 'x', otto: 'x', reader: 'x' }, allowAnonymous: false, ...more } })
  set(realm)
  await broker.publish('end', 'x', { retain: true })
  const url = `mqtt://127.0.0.1:${await broker.listen({ port: 0, realm: 'r' })}`
  return { url, set, broker, come: (username) => connect(url, 5, { username, password: Buffer.from('x') }) }
}

describe('retainSource', () => {
  it.each([true, false, undefined])('%s, when the rules have changed', async (retainSource) => {
    const { url, set, broker, come } = await listen({ accessRules: [READ, ...anna] }, retainSource)
    await (await come('anna')).publish('a/1', 'x', { qos: 1, retain: true })
    await broker.publish('a/own', 'x', { retain: true })
    expect(await retainedOf(url, ['a/1', 'a/own'])).toEqual(['a/1', 'a/own'])
    set({ accessRules: [READ] })
    expect(await retainedOf(url, ['a/1', 'a/own'])).toEqual(retainSource ? ['a/own'] : ['a/1', 'a/own'])
    set({ accessRules: [READ, { access: 'write', filter: '%u/#' }, { access: 'write', filter: 'a/+' }] })
    expect(await retainedOf(url, ['a/1'])).toEqual(['a/1'])
    set({ accessRules: [READ, { access: 'write', filter: 'a/+' }, { access: 'deny', filter: 'a/1' }] })
    expect(await retainedOf(url, ['a/1'])).toEqual([])
  })

  it('is asked of a judge too, and of who has published last', async () => {
    let writers = ['anna', 'otto']
    const judge: Realm['judge'] = {
      authenticate: () => undefined,
      allows: ({ action, userName = '' }) => action !== 'publish' || writers.includes(userName),
    }
    const { url, come } = await listen({ judge }, true)
    const [first, second] = [await come('anna'), await come('otto')]
    await first.publish('t', '1', { qos: 1, retain: true })
    await second.publish('t', '2', { qos: 1, retain: true })
    writers = ['anna']
    expect(await retainedOf(url, ['t'])).toEqual([])
    await first.publish('t', '3', { qos: 1, retain: true })
    expect(await retainedOf(url, ['t'])).toEqual(['t'])
  })
})

describe('check_retain_source', () => {
  it('is true where there are rules, unless told', () => {
    const rules = 'listener 1\nacl_file @/acl'
    expect(load(rules, { acl: '' }).limits.retainSource).toBe(true)
    expect(load(`${rules}\ncheck_retain_source false`, { acl: '' }).limits.retainSource).toBe(false)
    expect(load('listener 1').limits.retainSource).toBeUndefined()
  })

  // As mosquitto's page has it; its 2.0.11 sends it all the same where SIGHUP has changed an acl_file.
  it('withholds what its publisher may not write any more', async () => {
    const users = ['anna', 'reader'].map((name) => `${name}:${passwordHash('x', false)}\n`).join('')
    const before = 'pattern write %u/#\npattern write end\npattern read #\n'
    const folder = folderMake({ users, acl: before })
    const { program, ports } = await start(
      'midge', folder, 'listener PORT_A\npassword_file @/users\nacl_file @/acl', false)
    const url = `mqtt://127.0.0.1:${Object.values(ports)[0]}`
    const anna = await connect(url, 5, { username: 'anna', password: Buffer.from('x') })
    for (const topic of ['anna/1', 'end']) await anna.publish(topic, 'x', { qos: 1, retain: true })
    expect(await retainedOf(url, ['anna/1'])).toEqual(['anna/1'])
    writeFileSync(join(folder, 'acl'), before.replace('pattern write %u/#\n', ''))
    program.signal('SIGHUP')
    // It is done when she may not write any more.
    for (;;) {
      const answer = await anna.publish('anna/2', 'x', { qos: 1 }).then(() => 0, () => 1)
      if (answer) break
    }
    expect(await retainedOf(url, ['anna/1'])).toEqual([])
  })
})
