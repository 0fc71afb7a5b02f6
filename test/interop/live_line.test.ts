// The live line of `npm start`: what a virtual board says of itself, whatever runs it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { moduleFresh } from '../../scripts/lib/node_module.mjs'
import { bridgeFollow } from '../../scripts/start/bridge.mjs'
import { startEngine } from '../../scripts/start/engine.mjs'
import { readFiles } from '../../scripts/start/files.mjs'
import { SIMULATOR, startSimulator } from '../../scripts/start/simulator.mjs'
import { ESPRUINO } from '../build/espruino'
import { clientsEnd, connect } from './mqttjs_client'
import { PATIENCE_MS } from '../support/patience'

const BOARDS = [
  ['esp32', / · \d+ packets\/s · dropped 0$/],
  ['smallest', /^clients 1( · memory \d+ of \d+ variables)?$/],
] as const
const ENGINES = [['simulator', startSimulator], ['espruino', startEngine]] as const

beforeAll(async () => {
  for (const [board] of BOARDS) await distFresh(board)
  await moduleFresh(SIMULATOR)
})

describe.each(ENGINES)('the live line of the %s', (name, start) => {
  it.skipIf(name === 'espruino' && !ESPRUINO).each(BOARDS)('tells the numbers of %s', async (board, counted) => {
    const files = await readFiles({ board, config: undefined, hub: undefined })
    const virtual = await start({ ...files, port: 0, host: '127.0.0.1', log: () => {} })
    try {
      const client = await connect(`mqtt://127.0.0.1:${virtual.port}`, 4)
      await client.subscribe('a', { qos: 0 })
      const line = (): string => virtual.status()
      await expect.poll(line, { timeout: PATIENCE_MS }).toMatch(/^clients 1\b/)
      // Only the engine's own memory is one to tell of.
      expect(line().includes('memory')).toBe(name === 'espruino')
      expect(line()).toMatch(counted)
    } finally {
      await clientsEnd()
      virtual.stop()
    }
  })

  const board = name === 'espruino' ? 'espruino_linux' : 'esp32'
  it.skipIf(name === 'espruino' && !ESPRUINO)('tells whether a bridge is connected', async () => {
    await distFresh(board)
    const folder = mkdtempSync(join(tmpdir(), 'midge-live-'))
    const options = { board, config: undefined, hub: undefined }
    const given = { port: 0, host: '127.0.0.1' }
    let other = await start({ ...await readFiles(options), ...given, log: () => {} })
    const { port } = other
    const config = join(folder, 'midge.json')
    writeFileSync(config, JSON.stringify({ bridge: [`address 127.0.0.1:${port}`, 'topic a/# out 1'] }))
    const files = await readFiles({ ...options, config })
    const bridge = bridgeFollow(files.settings)
    expect(bridge.words()).toBe('bridge away')
    const virtual = await start({ ...files, ...given, log: bridge.see })
    try {
      await expect.poll(bridge.words, { timeout: PATIENCE_MS }).toBe('bridge connected')
      other.stop()
      await expect.poll(bridge.words, { timeout: PATIENCE_MS }).toBe('bridge away')
      other = await start({ ...await readFiles(options), ...given, port, log: () => {} })
      await expect.poll(bridge.words, { timeout: PATIENCE_MS }).toBe('bridge connected')
    } finally {
      virtual.stop()
      other.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('says nothing of a bridge where there is none', () => {
    expect(bridgeFollow({}).words()).toBe('')
  })
})
