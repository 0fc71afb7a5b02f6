// Extensions: files of Storage that run beside the broker where midge.json has their key, in the simulated board and in
// the real interpreter (ESPRUINO names it).
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleBoard } from '../../scripts/build/bundle.mjs'
import { EXTENSION_BOARD } from '../../scripts/build/edition.mjs'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { FIXTURE_EXTENSION } from '../build/fixture_bundles'
import { bundleText } from '../support/board_bundle'
import { HUB_EXTENSION } from '../support/extensions'
import { PLACES, simulated } from './extension_runs'

const LIST = JSON.stringify({
  'm.hub': ['hub.js', 'greet', 'shout'], 'm.first': ['first'], 'm.greet': ['greet', 'shout'], 'm.last': [],
})

/** Says what the broker carries. */
const HUB = `midge.subscribe("#", function (topic, payload) { print("SAYS " + topic + ": " + payload) });
midge.publish("hall/anna", "anna");
midge.publish("hall/bert", "fail");
setTimeout(function () { midge.publish("end") }, 50)`

let extension: string
beforeAll(async () => { extension = (await bundleBoard(EXTENSION_BOARD, FIXTURE_EXTENSION)).code })

const filesOf = (settings: object, more: Record<string, string> = {}): Record<string, string> => ({
  'midge.json': JSON.stringify(settings), 'm.list': LIST, 'm.greet': extension,
  'm.hub': HUB_EXTENSION['m.hub'], 'm.first': 'print("SAYS first")', 'm.last': 'print("SAYS always")',
  'hub.js': HUB, ...more,
})

describe.each(PLACES)('an extension in %s', (_, run) => {
  it('runs where its key is there, one without keys always, before hub.js', async () => {
    const said = await run(filesOf({ greet: 'hall/+' }))
    expect(said).toEqual([
      'always', 'hall/anna: anna', 'error: Error: cannot greet', 'hall/bert: fail', 'greeted: hello anna', 'end: ',
    ])
  })

  it('runs neither itself nor its subscription where its key is absent', async () => {
    expect(await run(filesOf({}))).toEqual(['always', 'hall/anna: anna', 'hall/bert: fail', 'end: '])
  })

  it('is one sentence where it throws, and leaves the others and the broker alone', async () => {
    const said = await run(filesOf({ first: 1, greet: 'nobody' }))
    expect(said.slice(0, 3)).toEqual(['first', 'error: m.greet: Error: greets nobody', 'always'])
    expect(said.at(-1)).toBe('end: ')
  })

  it('is missed where its file is not there', async () => {
    const said = await run(filesOf({ greet: 'hall/+' }, { 'm.list': '{"m.hub": ["hub.js"], "m.gone": ["greet"]}' }))
    expect(said[0]).toBe('error: m.gone: Error: not in Storage')
    expect(said.at(-1)).toBe('end: ')
  })
})

describe('a board that has no extensions', () => {
  it('does not know their keys', async () => {
    const { 'm.list': list, ...files } = filesOf({ greet: 'hall/+' })
    expect(list).toContain('greet')
    expect(await simulated(files)).toContain('midge.json: greet is not known')
  })

  it('has no client for them where it has no hub.js either', () => {
    const driver = new VirtualDriver({ files: { '.bootcde': bundleText('esp32') } })
    driver.start()
    expect(driver.board.evaluate('typeof midge')).toBe('undefined')
  })
})
