// A session's key is taken while its gateway writes it, and the engine takes both.
import { expect, it } from 'vitest'
import type { Engine } from '../../src/port/node/cluster/engine'
import { type SessionState, stateBytes, stateRead } from '../../src/port/node/cluster/hosted_session'
import { seize } from '../../src/port/node/cluster/seizure'

const state = (node: string, cursor: number): SessionState => ({
  client: 'c', node, epoch: 1, isConnected: true, isGiven: false, cursor, published: 0, session: null, at: 0,
  subscriptions: [], queue: [], inbound: [], will: null,
})

const NONE = new Uint8Array(0)

/** A key of an engine of whose values two are kept, and what somebody writes in front of the next ones. */
class Key {
  readonly values: { revision: number, bytes: Uint8Array }[] = []
  last = 0
  inFront: Uint8Array[] = []
  readonly engine: Pick<Engine, 'write' | 'next' | 'clear'> = {
    write: async (_bucket, _key, bytes) => {
      for (const other of this.inFront.splice(0, 1)) this.put(other)
      return this.put(bytes)
    },
    next: async (_bucket, _key, from) => this.values.find(({ revision }) => revision >= from) ?? null,
    clear: async () => { this.put(NONE) },
  }

  put (bytes: Uint8Array): number {
    // Other keys are in between.
    this.last += 3
    this.values.push({ revision: this.last, bytes })
    if (this.values.length > 2) this.values.shift()
    return this.last
  }

  get now (): SessionState | null {
    const { bytes } = this.values.at(-1)!
    return bytes.length ? stateRead(bytes) : null
  }

  async seize (): Promise<SessionState | null> {
    const there = { revision: this.put(stateBytes(state('old', 1))), bytes: stateBytes(state('old', 1)) }
    const seized = await seize(this.engine, there, one => ({ ...one, node: 'new', epoch: one.epoch + 1 }))
    if (seized) expect(seized.revision).toBe(this.last)
    return seized && seized.state
  }
}

it('is taken as it is', async () => {
  const key = new Key()
  expect(await key.seize()).toMatchObject({ node: 'new', cursor: 1, epoch: 2 })
  expect(key.now).toMatchObject({ node: 'new', cursor: 1 })
})

it('is taken as its gateway has written it meanwhile, however often', async () => {
  const key = new Key()
  key.inFront = [stateBytes(state('old', 2)), stateBytes(state('old', 3))]
  expect(await key.seize()).toMatchObject({ node: 'new', cursor: 3 })
  expect(key.now).toMatchObject({ node: 'new', cursor: 3 })
})

it('is taken once where the engine has taken the same twice', async () => {
  const key = new Key()
  key.inFront = [stateBytes({ ...state('new', 1), epoch: 2 })]
  expect(await key.seize()).toMatchObject({ node: 'new', cursor: 1, epoch: 2 })
})

it('stays the gateway\'s that it was given to meanwhile', async () => {
  const key = new Key()
  key.inFront = [stateBytes(state('third', 2))]
  expect(await key.seize()).toBeNull()
  expect(key.now).toMatchObject({ node: 'third', cursor: 2, epoch: 1 })
})

it('stays nobody\'s where its session has ended meanwhile', async () => {
  const key = new Key()
  key.inFront = [NONE]
  expect(await key.seize()).toBeNull()
  expect(key.now).toBeNull()
})
