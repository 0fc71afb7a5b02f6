// `npm run gateway [-- --config mosquitto.conf ...]`: the gateway's command line, built first where sources changed.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { distFresh } from './lib/dist.mjs'
import { showBuild } from './lib/show_build.mjs'
import { commandLine } from '../src/port/node/command_line.mjs'

/** The program reads its command line itself; here it is only asked whether there is anything to build for. */
async function run () {
  const folder = dirname(await distFresh('host', showBuild('the gateway', console.error)))
  await import(pathToFileURL(join(folder, 'cli.js')).href)
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
await commandLine('npm run gateway --', version, {
  start: run, passwd: run, stateExport: run, stateImport: run,
}).parseAsync()
