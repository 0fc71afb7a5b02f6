// `npm run flash -- --ssid NAME --password SECRET`: firmware, broker and configuration onto a board in one pass.
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { NodePort, portPaths } from './flash/node_port.mjs'
import { brokerFor, firmwareFor, ownersFiles } from './flash/sources.mjs'
import { moduleOf } from './lib/node_module.mjs'

/** 0 is success; what stopped us otherwise. */
const EXIT_CODES = {
  usage: 2, 'no port': 3, 'no permission': 4, 'no answer': 5, 'wrong chip': 6, 'too small': 7, 'not an archive': 8,
  cable: 9, verification: 10, 'no room': 11, 'not a board': 12,
}

const command = new Command('npm run flash --')
  .description('Puts Espruino, the broker and its configuration onto an ESP32, ESP32-C3 or ESP32-S3.')
  .option('--port <path>', 'serial port of the board; found when there is only one')
  .option('--ssid <name>', 'Wi-Fi network')
  .option('--password <secret>', 'its password')
  .option('--name <host>', 'host name of the board')
  .option('--config <file>', 'midge.json to start from')
  .option('--hub <file>', 'hub.js to put beside the broker')
  .option('--firmware <place>', 'a release of Espruino: .tgz, .zip, folder or address')
  .option('--baud <number>', 'speed while flashing', '921600')
  .option('--update', 'write only the broker and keep the configuration')
  .option('--backup <file>', 'save the whole flash first; holds your passwords')
  .option('--erase', 'erase the whole flash first')
  .option('--dry-run', 'touch no board; with --out write the image')
  .option('--out <file>', 'image of 4 MB for any other flasher; holds your passwords')
  .option('--chip <name>', 'chip of the image: ESP32, ESP32-C3 or ESP32-S3', 'ESP32')
  .parse()
const options = command.opts()
const flash = await moduleOf('src/flash/index.ts')

async function partsFor (layout) {
  const files = await ownersFiles(flash, options)
  const firmware = await firmwareFor(flash, layout, options.firmware)
  return flash.partList(layout, firmware, flash.storageBuild(files, await brokerFor(layout)))
}

async function dryRun () {
  const layout = flash.chipLayout(options.chip)
  if (!layout) throw new flash.FlashError('usage', `${options.chip} is no chip that this can flash`)
  const parts = await partsFor(layout)
  for (const { name, address, data } of parts) console.log(`0x${address.toString(16)}  ${data.length}  ${name}`)
  if (!options.out) return
  await writeFile(options.out, flash.wholeImage(parts), { mode: 0o600 })
  console.log(`${options.out}: write it at address 0`)
}

async function portPath () {
  const paths = options.port ? [options.port] : await portPaths()
  if (paths.length === 1) return paths[0]
  throw new flash.FlashError('no port', paths.length === 0
    ? 'no board found: plug it in with a cable that carries data, or name its port with --port'
    : `which board? Name one with --port: ${paths.join(', ')}`)
}

function report (part, _index, fraction) {
  if (fraction === 1) console.log(`${part.name}: ${part.data.length} bytes at 0x${part.address.toString(16)}`)
}

function tell (plan) {
  console.log(`keeps ${plan.kept.join(', ')}`)
  if (plan.isMove) console.log('files that were changed on the board must move: leave the cable in until this is done')
}

async function flashBoard () {
  const path = await portPath()
  const port = new NodePort(path)
  const board = await flash.Programmer.connect(port, { baudRate: Number(options.baud) })
  try {
    console.log(`${path}: ${board.layout.chip}`)
    // Before anything is written: what can be refused is refused now.
    const parts = options.update ? [] : await partsFor(board.layout)
    if (options.backup) await writeFile(options.backup, await board.read(0, flash.FLASH_SIZE), { mode: 0o600 })
    if (options.update) await flash.update(board, await brokerFor(board.layout), tell, report)
    else {
      if (options.erase) await board.erase()
      await flash.install(board, parts, report)
    }
  } finally {
    await board.close()
  }
  console.log('done: the board starts')
}

try {
  await (options.dryRun ? dryRun() : flashBoard())
} catch (error) {
  if (!(error instanceof flash.FlashError)) throw error
  console.error(error.message)
  process.exitCode = EXIT_CODES[error.problem]
}
