// `npm run flasher [-- --port 8080 --firmware espruino_esp32.tgz ...]`: serves the page that flashes a board.
import { createServer } from 'node:http'
import sirv from 'sirv'
import { runCommand } from './flash/exit_codes.mjs'
import { commandLine, readPort } from './lib/command_line.mjs'
import { firmwareFiles } from './flash/sources.mjs'
import { flasherFresh } from './lib/flasher.mjs'
import { moduleOf } from './lib/node_module.mjs'

const command = commandLine('flasher')
  .description('Serves the page that puts the broker onto an ESP32 from Chrome, Edge, Opera or Firefox. dist/flasher '
    + 'is all of it, for any web host with https.')
  .option('--port <number>', 'port of this computer', readPort, 8_080)
  .option('--host <address>', 'address to listen on; others than this computer\'s own need https', '127.0.0.1')
  .option('--firmware <place...>', 'releases of Espruino to put beside the page: .tgz, .zip, folders or addresses')
  .parse()
const { port, host, firmware = [] } = command.opts()

/** Adds a release's files to those `beside` the page, by their addresses. */
async function firmwareAdd (flash, beside, place) {
  const files = await firmwareFiles(flash, place, flash.CHIP_LAYOUTS)
  const layouts = flash.firmwareChips(files)
  if (layouts.length === 0) throw new flash.FlashError('not an archive', `${place} has no firmware for a chip of ours`)
  for (const layout of layouts) {
    // As it is flashed: the bootloader of a release may ask for more flash than boards have.
    const release = flash.firmwareRead(files, layout)
    for (const [part, name] of Object.entries(layout.files[0])) {
      beside.set(`/firmware/${layout.board}/${name}`, release[part])
    }
    console.log(`Espruino for ${layout.chip} is beside the page`)
  }
}

const flash = await moduleOf('src/flash/index.ts')
await runCommand(flash, async () => {
  const beside = new Map()
  for (const place of firmware) await firmwareAdd(flash, beside, place)
  const site = sirv(await flasherFresh(console.log), { dev: true })
  const server = createServer((request, response) => {
    const data = beside.get(request.url)
    if (data) response.end(data)
    else site(request, response)
  })
  server.once('error', error => {
    console.error(`port ${port} cannot be opened: ${error.message}`)
    process.exitCode = 1
  })
  server.listen(port, host, () => console.log(`flasher: http://${host}:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`))
})
