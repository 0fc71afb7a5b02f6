import { describe, expect, it } from 'vitest'
import { boardNames, loadBoard } from '../../scripts/lib/board.mjs'
import { checkBundle, formatFindings } from '../../scripts/build/gate/gate.mjs'
import { makeBundle } from '../../scripts/build/make.mjs'
import { coreRam } from '../../scripts/lib/ram.mjs'
import { boot } from '../simulator/boot'
import { ESPRUINO, runEspruino } from './espruino'
import { TABLES, fixture } from './fixture_bundles'

interface Small { add (value: number): number, count: number, table: Uint8Array }

/** The module of a bundle, evaluated. */
const load = async (code: string): Promise<{ createCore (): Small }> =>
  await import(`data:text/javascript,${encodeURIComponent(code)}`) as { createCore (): Small }

describe('a board', () => {
  it('is its constants over the defaults', async () => {
    const [board, defaults] = [await loadBoard('smallest'), await loadBoard('defaults')]
    expect(board.FEATURE_MQTT5).toBe(false)
    expect(board.SESSIONS_MAX).toBe(defaults.SESSIONS_MAX)
  })

  it.each(boardNames())('%s names its runtime, level and budgets', async name => {
    const board = await loadBoard(name)
    expect(['node', 'espruino']).toContain(board.RUNTIME)
    expect([5, 2020]).toContain(board.ECMA_VERSION)
    expect(board.BUNDLE_SIZE_MAX).toBeGreaterThan(0)
  })

  it.each(TABLES)('%s has tables within its budget', async name => {
    const ram = await coreRam(name)
    expect(ram).toBeGreaterThan(0)
    expect(ram).toBeLessThanOrEqual((await loadBoard(name)).RAM_SIZE_MAX as number)
  })

  it('leaves out what is no board of its own', () => {
    expect(boardNames()).not.toContain('defaults')
    expect(boardNames()).not.toContain('test')
  })
})

describe('a bundle', () => {
  it('carries nothing of a feature that is off', async () => {
    const off = await fixture('minified module')
    const on = await fixture('minified module with a feature')
    expect(off).not.toContain('1e3')
    expect(on).toContain('1e3')
  })

  it('has constants in place of their names', async () => {
    const { CONNECTIONS_MAX, PACKET_SIZE_MAX } = await loadBoard('smallest')
    const code = await fixture('script')
    expect(code).toContain(`new Uint8Array(${CONNECTIONS_MAX * 2})`)
    expect(code).toContain(`PACKET_SIZE_MAX: ${PACKET_SIZE_MAX}`)
    expect(code).not.toMatch(/[<>] ROWS/)
  })

  it('is lowered to its board\'s level', async () => {
    expect(await fixture('module')).not.toMatch(/\b(let|const)\b/)
    expect(await fixture('module for a computer')).toMatch(/\bconst\b/)
  })

  it.each([true, false])('makes a broker of its own at each call of the factory (minified: %s)', async minify => {
    const { createCore } = await load(await fixture(minify ? 'minified factory' : 'factory'))
    const [a, b] = [createCore(), createCore()]
    a.add(1)
    a.add(2)
    expect([a.count, b.count]).toEqual([2, 0])
    expect([a.table[0], b.table[0]]).toEqual([2, 0])
  })

  it('leaves the host\'s modules outside of the factory', async () => {
    const code = await fixture('factory for a computer')
    expect(code).toMatch(/^import .* from 'node:os'/)
    expect(code.trim().match(/^export /gm)).toEqual(['export '])
  })

  it('says which file an import that leads nowhere stands in', async () => {
    await expect(makeBundle('smallest', { entry: 'src/missing.ts', format: 'script', minify: false })).rejects
      .toThrow('there is no')
  })

  it('does not depend on the machine\'s paths', async () => {
    expect(await fixture('module')).not.toContain(process.cwd())
  })
})

describe('the core as a script', () => {
  it.each(['smallest', 'test'] as const)('passes the gate and runs in the simulated board: %s', async board => {
    const code = await fixture(`core of ${board}`)
    expect(formatFindings(checkBundle(code))).toBe('')
    const driver = boot(code)
    expect(driver.board.uncaught).toEqual([])
    expect(driver.board.output).toEqual(['started 0', 'stopped'])
  })

  it.skipIf(!ESPRUINO).each(['smallest', 'test'] as const)('runs in Espruino: %s', async board => {
    expect(await runEspruino(await fixture(`core of ${board}`))).toEqual(['started 0', 'stopped'])
  })
})
