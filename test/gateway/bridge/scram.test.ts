// A bridge that proves itself by SCRAM-SHA-256: its password is not shown, and a broker that does not know it gets
// nothing.
import { afterEach, describe, expect, it } from 'vitest'
import { bridgeTerms } from '../../../src/port/node/bridge/bridge_terms'
import { ScramClient } from '../../../src/port/node/bridge/scram_client'
import { scramMethod } from '../../../src/port/node/scram'
import { credentialOf } from '../../../src/port/node/credential'
import { brokerListen, until } from '../library'
import { type Bridged, bridgeTo, bridged, hear, householdEnd, isUp } from './household'
import { StandIn } from './stand_in'

afterEach(householdEnd)

const METHOD = 'SCRAM-SHA-256' as const
const remote = { userName: 'a=b,c', password: 'pässword', method: METHOD }
const out = { topics: [{ pattern: '#', direction: 'out' as const, qos: 1 as const }], remote }

it('is let in by a broker that has its verifier, and messages go', async () => {
  const { broker: upper, port } = await brokerListen({ users: { [remote.userName]: remote.password } })
  const heard = await hear(upper, 'a')
  const lower = await bridged([bridgeTo(port, out)])
  await until(() => isUp(lower))
  await lower.broker.publish('a', 'x', { qos: 1 })
  await until(() => heard.length === 1)
})

it('is refused with another password, and says so', async () => {
  const { port } = await brokerListen({ users: { [remote.userName]: 'other' } })
  const lower = await bridged([bridgeTo(port, out)])
  await until(() => lower.events.some(({ message }) => /refuses the bridge: Reason Code 0x86/.test(message)))
  expect(isUp(lower)).toBe(false)
})

/** A stand-in that answers CONNECT as the test says, and a bridge to it. */
async function beside(
  connected: (opening: string, upper: StandIn) => void,
): Promise<{ upper: StandIn, lower: Bridged }> {
  const upper: StandIn = await StandIn.start({
    connect: ({ properties, username, password }) => {
      expect([username, password]).toEqual([undefined, undefined])
      expect(properties!.authenticationMethod).toBe(METHOD)
      connected(properties!.authenticationData!.toString(), upper)
      return 'silent'
    },
  })
  return { upper, lower: await bridged([bridgeTo(upper.port, out)]) }
}

const challenge = (text: string): object => ({
  cmd: 'auth', reasonCode: 0x18, properties: { authenticationMethod: METHOD, authenticationData: Buffer.from(text) },
})
const letIn = (text: string): object => ({
  cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0,
  properties: { authenticationMethod: METHOD, authenticationData: Buffer.from(text) },
})
const nonceOf = (opening: string): string => /,r=(.*)$/.exec(opening)![1]

describe('a broker that does not know the password is not trusted', () => {
  it.each([
    ['it lets the bridge in at once', () => letIn('v=AAAA'), 'it has not shown that it knows the password'],
    ['with few iterations', (nonce: string) => challenge(`r=${nonce}x,s=AAAA,i=4095`), 'it asks for 4095 iterations'],
    ['with very many', (nonce: string) => challenge(`r=${nonce}x,s=AAAA,i=99999999`), 'it asks for 99999999'],
    ['with a nonce of its own', () => challenge('r=x,s=AAAA,i=4096'), 'it challenges in a form that is none of SCRAM'],
    ['without one', (nonce: string) => challenge(`r=${nonce},s=AAAA,i=4096`), 'it challenges in a form that is none'],
  ])('%s', async (_how, answer, sentence) => {
    const { upper, lower } = await beside((opening, standIn) => { standIn.send(answer(nonceOf(opening)) as never) })
    await lower.broker.publish('a', 'secret', { qos: 1 })
    await until(() => lower.events.some(({ message }) => message.includes(`is not trusted: ${sentence}`)))
    await until(() => upper.connects > 1)
    expect(upper.messages).toEqual([])
    expect(lower.events.every(({ message }) => !message.includes(remote.password))).toBe(true)
  })

  it('with a proof that is none, behind a challenge that was answered', async () => {
    const { upper, lower } = await beside((opening, standIn) => {
      standIn.send(challenge(`r=${nonceOf(opening)}x,s=AAAA,i=4096`) as never)
    })
    await until(() => upper.of('auth').length === 1)
    upper.send(letIn(`v=${Buffer.alloc(32).toString('base64')}`) as never)
    await until(() => lower.events.some(({ message }) => /not shown that it knows/.test(message)))
  })
})

it('answers one challenge of a connection, as RFC 5802 writes it', async () => {
  const client = new ScramClient(remote.userName, remote.password)
  expect(client.opening).toMatch(/^n,,n=a=3Db=2Cc,r=[\x21-\x2b\x2d-\x7e]{24}$/)
  const server = scramMethod(() => credentialOf(remote.password).scram, () => Promise.resolve())(undefined)!
  const first = await server(Buffer.from(client.opening))
  const text = Buffer.from(first.data!).toString()
  const last = await server(Buffer.from(await client.answer(text)))
  expect(last).toMatchObject({ reasonCode: 0, userName: remote.userName })
  expect(client.isProven(Buffer.from(last.data!).toString())).toBe(true)
  await expect(client.answer(text)).rejects.toThrow('none of SCRAM')
})

it.each([
  [{ method: METHOD, userName: 'a' }, undefined, 'needs a User Name and a password'],
  [{ method: METHOD, password: 'a' }, undefined, 'needs a User Name and a password'],
  [remote, 4 as const, 'needs MQTT 5.0'],
])('is no bridge with %j and version %s', (who, protocolVersion, sentence) => {
  expect(() => bridgeTerms(bridgeTo(1, { remote: who, protocolVersion }))).toThrow(sentence)
})
