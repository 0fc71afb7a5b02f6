// `npm run flash -- --ssid NAME --password SECRET`: firmware, broker and configuration onto a board in one pass.
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { runCommand } from './flash/exit_codes.mjs'
import { NodePort, portPath } from './flash/node_port.mjs'
import { Progress } from './flash/progress.mjs'
import { askMissing, askUser } from './flash/prompts.mjs'
import { brokerFor, firmwareFor, ownersFiles } from './flash/sources.mjs'
import { moduleOf } from './lib/node_module.mjs'

const command = new Command('npm run flash --')
  .description('Puts Espruino, the broker and its configuration onto an ESP32, ESP32-C3 or ESP32-S3.')
  .option('--port <path>', 'serial port of the board; found when there is only one')
  .option('--ssid <name>', 'Wi-Fi network')
  .option('--password <secret>', 'its password')
  .option('--user <name:password>', 'who may connect to the broker; everybody in the network unless told')
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
  .option('--wait <seconds>', 'how long the board may take to join the Wi-Fi', '60')
  .parse()
const flash = await moduleOf('src/flash/index.ts')

async function partsFor (layout, options) {
  const files = await ownersFiles(flash, options)
  const firmware = await firmwareFor(flash, layout, options.firmware)
  return flash.partList(layout, firmware, flash.storageBuild(files, await brokerFor(layout)))
}

async function dryRun (options) {
  const layout = flash.chipLayout(options.chip)
  if (!layout) throw new flash.FlashError('usage', `${options.chip} is no chip that this can flash`)
  const parts = await partsFor(layout, options)
  for (const { name, address, data } of parts) console.log(`0x${address.toString(16)}  ${data.length}  ${name}`)
  if (!options.out) return
  await writeFile(options.out, flash.wholeImage(parts), { mode: 0o600 })
  console.log(`${options.out}: write it at address 0`)
}

function tell (plan) {
  console.log(`keeps ${plan.kept.join(', ')}`)
  if (plan.isMove) console.log('files that were changed on the board must move: leave the cable in until this is done')
}

async function write (board, options) {
  const progress = new Progress()
  const reading = fraction => progress.tell('reading', fraction, 'read')
  // Before anything is written: what can be refused is refused now.
  const parts = options.update ? [] : await partsFor(board.layout, options)
  if (options.backup) {
    await writeFile(options.backup, await board.read(0, flash.FLASH_SIZE, reading), { mode: 0o600 })
  }
  if (options.update) return flash.update(board, await brokerFor(board.layout), tell, progress.part, reading)
  if (options.erase) await board.erase()
  await flash.install(board, parts, progress.part)
}

/** Follows the board until it is in the Wi-Fi, and says how to try it. */
async function follow (board, { userName, wait }) {
  console.log('the board starts')
  const { address, accessPoint } = await flash.followBoot(board, line => console.log(`  ${line}`), Number(wait) * 1_000)
  if (address) {
    console.log(`done. Try it: mosquitto_sub -h ${address} -t '#' -v${userName ? ` -u '${userName}' -P …` : ''}`)
  } else if (accessPoint) {
    console.log(`it has opened its own network, ${accessPoint}: its settings are absent or wrong, see above`)
  } else {
    console.log('all is written, but it has not joined the Wi-Fi yet: look at the network\'s name and password, and '
      + 'whether it is one of 2.4 GHz; "npm run monitor" shows what the board says')
  }
}

async function flashBoard (options) {
  const path = await portPath(flash, options.port)
  const board = await flash.Programmer.connect(new NodePort(path, flash), { baudRate: Number(options.baud) })
  try {
    console.log(`${path}: ${board.layout.chip}`)
    await write(board, options)
    await follow(board, options)
  } finally {
    await board.close()
  }
}

await runCommand(flash, async () => {
  const options = await askMissing(flash, command.opts())
  Object.assign(options, await askUser(flash, options.user))
  await (options.dryRun ? dryRun(options) : flashBoard(options))
})
