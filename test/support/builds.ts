// What tests run is built here, before the first of them and never in a test's time, which would end it where a machine
// is slow: for each test, or folder of them, the bundles that it asks for and the files that are made of them. A bundle
// that was built of the same before is taken from .cache, so no project builds what another one has built.
import type { TestProject } from 'vitest/node'
import {
  EXTENSION_BOARD, bundleFor, companionOptions, extensionOptions, shippedOptions,
} from '../../scripts/build/edition.mjs'
import { makeBundles, type Request } from '../../scripts/build/many.mjs'
import type { BundleOptions } from '../../scripts/build/types'
import { boardNames } from '../../scripts/lib/board.mjs'
import { dashboardFresh } from '../../scripts/lib/dashboard.mjs'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { flasherFresh } from '../../scripts/lib/flasher.mjs'
import { replaceFile, sourcesHash } from '../../scripts/lib/fresh.mjs'
import { ENGINE_API } from '../../scripts/lib/hub_file.mjs'
import { MODULE_BOARD, moduleFresh, moduleOptions } from '../../scripts/lib/node_module.mjs'
import { MEASURED } from '../../scripts/lib/ram.mjs'
import { READABLE, STEADY } from '../allocation/bundles'
import { ESPRUINO } from '../build/espruino'
import { FIXTURES, FIXTURE_EXTENSION, TABLES } from '../build/fixture_bundles'
import { writeGateway } from '../interop/gateway_build'
import { writeStandIn } from '../web/stand_in_build'
import { RECORDS_BOARD, RECORDS_BUNDLE } from '../port/espruino/records_harness'
import { BUNDLES, bundleFile, type BundleName } from './board_bundle'
import { coreOptions, coreRequest, CORES, writeCore } from './core_build'

/** `isLong`: it is written while other bundles are made, once its own are. */
interface Need { bundles: () => Promise<Request[]>, write?: () => Promise<unknown>, isLong?: true }

const FLASH = 'src/flash/index.ts'
const BOARD_LOG = 'src/flash/board_log.ts'
const TRY_LINE = 'src/flash/try_line.ts'
const SIMULATOR = 'src/simulator/live_driver.ts'
const ZONES = 'src/simulator/time_zone.ts'
const READABLE_GATEWAY: BundleOptions = {
  entry: 'src/port/node/bundle.ts', format: 'factory', factoryName: 'createBroker', minify: false,
}

const shipped = async (board: string): Promise<Request> => [board, await shippedOptions(board)]

/** dist/<board>, as commands read it. */
const dist = (board: string): Need => ({
  bundles: async () => [await shipped(board), ...Object.values(await extensionOptions(board))
    .map((options): Request => [EXTENSION_BOARD, options])],
  write: () => distFresh(board),
})

/** A part of src as a module that commands load. */
const module = (entry: string): Need =>
  ({ bundles: async () => [[MODULE_BOARD, moduleOptions(entry)]], write: () => moduleFresh(entry) })

const bundle = (board: string, options: BundleOptions): Need => ({ bundles: async () => [[board, options]] })

/** What interpreters run, as it is shipped. */
const everyScript: Need = {
  bundles: async () => {
    const all = await Promise.all(boardNames().map(shipped))
    return all.filter(([, { format }]) => format === 'script')
  },
}

const cores: Need = {
  bundles: async () => CORES.map(coreRequest),
  write: async () => { for (const name of CORES) await writeCore(name) },
}

const boards: Need = {
  bundles: async () => Promise.all(Object.values(BUNDLES).map(async ({ board, overrides }): Promise<Request> =>
    [board, { ...await shippedOptions(board), overrides }])),
  write: async () => {
    for (const name of Object.keys(BUNDLES) as BundleName[]) {
      const { board, overrides } = BUNDLES[name]
      await replaceFile(bundleFile(name), (await bundleFor(board, overrides)).code)
    }
  },
}

const gateway: Need = {
  bundles: async () => [await shipped('host'),
    ...Object.values(await companionOptions('host')).map((options): Request => ['host', options])],
  write: writeGateway,
}

const flashed = ['esp32', 'esp32c3', 'esp32s3'].map(dist)

/** What runs in the real interpreter, where there is one. */
const interpreted = ESPRUINO ? [dist('espruino_linux')] : []

const page: Need = {
  bundles: async () => (await Promise.all(flashed.map(({ bundles }) => bundles()))).flat(),
  write: () => flasherFresh().then(writeStandIn),
  isLong: true,
}

const NEEDS: Record<string, Need[]> = {
  'test/allocation/bundle': [...boardNames(), 'test'].map(board => bundle(board, READABLE)),
  'test/allocation/heap': [bundle('host', STEADY), bundle('test', STEADY)],
  'test/bench/': [bundle('host', READABLE_GATEWAY)],
  'test/board/': [boards, dist('esp32')],
  'test/board/bridged': [cores],
  'test/board/extension': [bundle(EXTENSION_BOARD, FIXTURE_EXTENSION)],
  'test/board/fit': [module(FLASH)],
  'test/board/fleet': [cores],
  'test/board/memory': [module(FLASH)],
  'test/board/update': [module(FLASH)],
  'test/broker/': [cores],
  'test/build/budget': [everyScript],
  'test/build/bundle': [
    ...Object.values(FIXTURES).map(([board, options]) => bundle(board, options)),
    ...TABLES.map(board => bundle(board, MEASURED)),
  ],
  'test/build/columns': [bundle('esp32', coreOptions(false))],
  'test/build/hub_check': [everyScript],
  'test/build/lists': [everyScript],
  'test/build/tokens': [everyScript],
  'test/build/worked_example': [everyScript],
  'test/cluster/': [gateway, dist('host')],
  'test/dashboard/': [{ bundles: async () => [], write: dashboardFresh }],
  'test/flash/': [...flashed, dist('smallest'), ...interpreted, module(FLASH), module(ENGINE_API)],
  'test/gateway/': [gateway],
  'test/gateway/store/board_state': [boards],
  'test/interop/': [gateway, dist('esp32'), dist('smallest'), ...interpreted,
    ...[SIMULATOR, FLASH, TRY_LINE, BOARD_LOG].map(module)],
  'test/model/': [cores],
  'test/port/espruino/records_real': ESPRUINO ? [bundle(RECORDS_BOARD, RECORDS_BUNDLE)] : [],
  'test/property/': [cores],
  'test/records/': [cores],
  'test/simulation/': [cores],
  'test/simulator/': [dist('esp32'), dist('smallest'), ...interpreted,
    ...[SIMULATOR, ZONES, FLASH, TRY_LINE, BOARD_LOG, ENGINE_API].map(module)],
  'test/spec/': [cores],
  'test/web/': [...flashed, module(FLASH), page, gateway],
  'test/web/dashboard_board': [boards],
}

/** What the tests that are to run need. Vitest keeps to itself which files were named on its command line. */
async function needsOf(project: TestProject): Promise<Need[]> {
  const { filenamePattern } = project.vitest as unknown as { filenamePattern?: string[] }
  const { testFiles } = await project.globTestFiles(filenamePattern)
  const isNeeded = (path: string): boolean => testFiles.some(file => file.includes(`/${path}`))
  return Object.entries(NEEDS).filter(([path]) => isNeeded(path)).flatMap(([, needs]) => needs)
}

const bundlesOf = async (needs: Need[]): Promise<Request[]> =>
  (await Promise.all(needs.map(({ bundles }) => bundles()))).flat()

/** Vitest's global setup, of every project: the first one builds for all of them. */
export default async function setup({ vitest }: TestProject): Promise<void> {
  delete process.env.MIDGE_BUILT
  const needs = [...new Set((await Promise.all(vitest.projects.map(needsOf))).flat())]
  const long = needs.filter(({ isLong }) => isLong)
  await makeBundles(await bundlesOf(long))
  await Promise.all([makeBundles(await bundlesOf(needs)), ...long.map(({ write }) => write!())])
  for (const { write, isLong } of needs) if (!isLong) await write?.()
  process.env.MIDGE_BUILT = sourcesHash()
}
