// The broker's page from a board: the simulated one, and the real interpreter, which ESPRUINO names.
import { describe } from 'vitest'
import { freePorts } from '../../scripts/lib/free_port.mjs'
import { storageBuild } from '../../src/flash/storage_build'
import { LiveDriver } from '../../src/simulator/live_driver'
import { bytesOfText } from '../../src/simulator/latin1'
import { ESPRUINO, startEspruino } from '../build/espruino'
import { until } from '../gateway/library'
import { bundleText } from '../support/board_bundle'
import { distExtensions } from '../support/extensions'
import { CHROMIUM } from './browser'
import { type Served, USERS, dashboardCases } from './dashboard_cases'

const ACCESS = ['user ann', 'topic read $SYS/#', 'topic readwrite #', 'user otto', 'topic read garden/#']

/** The files of a board with these ports. */
async function filesOf(port: number, dashboard: number): Promise<Record<string, string>> {
  const settings = { port, dashboard, users: USERS, acl: ACCESS }
  return { 'midge.json': JSON.stringify(settings), ...await distExtensions(settings) }
}

async function simulated(): Promise<Served> {
  const driver = new LiveDriver({ files: { '.bootcde': bundleText('esp32'), ...await filesOf(1_883, 80) } })
  driver.start()
  return {
    url: `http://127.0.0.1:${await driver.listen(80)}/`,
    mqtt: `mqtt://127.0.0.1:${await driver.listen(1_883)}`,
    end: () => Promise.resolve(driver.close()),
  }
}

async function real(): Promise<Served> {
  const [port, pagePort] = await freePorts(2)
  const files = Object.entries(await filesOf(port, pagePort)).map(([name, data]) => ({ name, data: bytesOfText(data) }))
  const flash = storageBuild(files, bytesOfText(bundleText('esp32')))
  const run = startEspruino('eval(require("Storage").read(".bootcde"))', { 'espruino.flash': flash })
  await until(() => run.output().includes('dashboard: port'))
  return {
    url: `http://127.0.0.1:${pagePort}/`,
    mqtt: `mqtt://127.0.0.1:${port}`,
    end: async () => {
      run.child.kill('SIGKILL')
      await new Promise((resolve) => run.child.once('close', resolve))
      run.remove()
    },
  }
}

describe.skipIf(!CHROMIUM)('a board\'s page (chromium)', () => {
  describe('of the simulated board', () => dashboardCases(simulated))
  describe.skipIf(!ESPRUINO)('of a real Espruino, which ESPRUINO names', () => dashboardCases(real))
})
