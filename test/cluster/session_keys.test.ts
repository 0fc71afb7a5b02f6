// Writing a session's key that is not what this gateway has read last.
import { expect, it } from 'vitest'
import type { Engine } from '../../src/port/node/cluster/engine'
import { Overtaken, type Stored } from '../../src/port/node/cluster/engine_terms'
import { HostedSession, stateBytes, stateOf, stateRead } from '../../src/port/node/cluster/hosted_session'
import { SessionKeys } from '../../src/port/node/cluster/session_keys'

const TAKEN_AT = 50

/** A session that this gateway has taken at 50 and written at 60 last; and a key as the engine has it. */
function desk (there: Stored | null): { key: () => Stored | null, write: () => Promise<void>, hosted: HostedSession } {
  let key = there
  const engine = {
    read: async () => key,
    write: async (_bucket: string, _key: string, bytes: Uint8Array, revision: number) => {
      if (revision !== (key?.revision ?? 0)) throw new Overtaken('')
      key = { bytes, revision: revision + 1 }
      return key.revision
    },
  } as unknown as Engine
  const hosted = Object.assign(new HostedSession('x'), { revision: 60, takenAt: TAKEN_AT, over: 40 })
  const state = stateOf(hosted, 'me', 0, true, null)!
  return { key: () => key, write: () => new SessionKeys(engine).write(hosted, state), hosted }
}

const of = (node: string, over: number): Uint8Array =>
  stateBytes({ ...stateOf(new HostedSession('x'), node, 0, true, null)!, over })

it('writes over what somebody wrote who did not know that the session is here', async () => {
  const { key, write, hosted } = desk({ bytes: of('other', TAKEN_AT - 1), revision: 61 })
  await write()
  expect([stateRead(key()!.bytes).node, hosted.revision]).toEqual(['me', 62])
})

it('writes a key anew that the engine has lost', async () => {
  const { key, write } = desk(null)
  await write()
  expect(stateRead(key()!.bytes).node).toBe('me')
})

it.each([['by its name', of('other', TAKEN_AT)], ['and has ended it', new Uint8Array(0)]])(
  'leaves it to who knew that, and has it %s', async (_how, bytes) => {
    const { key, write } = desk({ bytes, revision: 61 })
    await expect(write()).rejects.toThrow(Overtaken)
    expect(key()!.bytes).toEqual(bytes)
  })

it('leaves it to who has taken it in the log meanwhile', async () => {
  const { write, hosted } = desk({ bytes: of('other', 0), revision: 61 })
  hosted.isLost = true
  await expect(write()).rejects.toThrow(Overtaken)
})
