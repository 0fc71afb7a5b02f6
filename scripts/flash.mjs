// `npm run flash -- --ssid NAME --user NAME`: firmware, broker and configuration onto a board in one pass.
import { Option } from 'commander'
import { runCommand } from './flash/exit_codes.mjs'
import { fileCheck, secretWrite } from './flash/files.mjs'
import { followBoard } from './flash/follow.mjs'
import { modulesFor } from './flash/modules.mjs'
import { NodePort, portPath } from './flash/node_port.mjs'
import { commandLine, wholeNumber } from './lib/command_line.mjs'
import { Progress } from './flash/progress.mjs'
import { askMissing, canAsk, givenOptions } from './flash/prompts.mjs'
import { firmwareFor, givenFiles, optionsCheck, ownersFiles, programFor } from './flash/sources.mjs'
import { moduleOf } from './lib/node_module.mjs'

// An update keeps what these would set.
const NEW_BOARD = [
  'ssid', 'password', 'open', 'user', 'name', 'config', 'hub', 'modules', 'firmware', 'erase', 'dryRun',
]

const command = commandLine('flash')
  .description('Puts Espruino, the broker and its configuration onto an ESP32, ESP32-C3 or ESP32-S3.')
  .option('--port <path>', 'serial port of the board; found when there is only one')
  .option('--ssid <name>', 'Wi-Fi network')
  .option('--password <secret>', 'its password; npm writes this line to its log, so rather let yourself be asked, or '
    + 'set MIDGE_WIFI_PASSWORD')
  .addOption(new Option('--open', 'the network has no password').conflicts('password'))
  .option('--user <name>', 'who may connect to the broker, everybody in the network unless told; its password is '
    + 'asked for, or taken from MIDGE_USER_PASSWORD; NAME:PASSWORD works too, but is logged like --password')
  .option('--no-user', 'everybody in the network may connect: you are not asked')
  .option('--name <host>', 'host name of the board')
  .option('--config <file>', 'midge.json to start from')
  .option('--hub <file>', 'hub.js to put beside the broker')
  .option('--modules <place>', 'folder or address with the modules that it requires, as '
    + 'https://www.espruino.com/modules')
  .option('--firmware <place>', 'a release of Espruino: .tgz, .zip, folder or address')
  .option('--baud <number>', 'speed while flashing', wholeNumber(9_600, 3_000_000), 921_600)
  .addOption(new Option('--update', 'write only the broker and keep the configuration').conflicts(NEW_BOARD))
  .option('--backup <file>', 'save the whole flash first; holds your passwords')
  .option('--erase', 'erase the whole flash first')
  .addOption(new Option('--dry-run', 'touch no board; with --out write the image')
    .conflicts(['port', 'backup', 'erase']))
  .option('--out <file>', 'image of 4 MB for any other flasher; holds your passwords')
  .option('--chip <name>', 'chip of the image: ESP32, ESP32-C3 or ESP32-S3', 'ESP32')
  .option('--wait <seconds>', 'how long the board may take to join the Wi-Fi', wholeNumber(1, 86_400), 60)
  .parse()
if (command.opts().out && !command.opts().dryRun) command.error('error: --out needs --dry-run')
const flash = await moduleOf('src/flash/index.ts')

async function partsOf (layout, firmware, files) {
  const { broker, extensions } = await programFor(layout)
  const beside = flash.extensionFiles(flash.extensionsOf(files), extensions)
  return flash.partList(layout, firmware, flash.storageBuild(files, broker, beside))
}

/** A chip's layout by any spelling of its name. */
function layoutNamed (name) {
  const plain = text => text.toLowerCase().replace(/[^a-z\d]/g, '')
  const layout = flash.CHIP_LAYOUTS.find(({ chip }) => plain(chip) === plain(name))
  if (layout) return layout
  const chips = flash.CHIP_LAYOUTS.map(({ chip }) => chip).join(', ')
  throw new flash.FlashError('usage', `${name} is no chip that this can flash; those are ${chips}`)
}

/** The owner's files, of what was given and what is asked for; the options get what was asked. */
async function ownersAsked ({ chip }, options, given) {
  Object.assign(options, await askMissing(flash, options, given.settings, chip))
  const files = ownersFiles(flash, options, given)
  return [...files, ...await modulesFor(flash, files, options.modules)]
}

async function dryRun (options) {
  const layout = layoutNamed(options.chip)
  const files = await ownersAsked(layout, options, await givenFiles(flash, options))
  const parts = await partsOf(layout, await firmwareFor(flash, layout, options.firmware), files)
  for (const { name, address, data } of parts) console.log(`0x${address.toString(16)}  ${data.length}  ${name}`)
  if (!options.out) return
  await secretWrite(flash, options.out, flash.wholeImage(parts))
  console.log(`${options.out}: write it at address 0`)
}

function tell (plan) {
  console.log(`keeps ${plan.kept.join(', ')}`)
  if (plan.isMove) console.log('files that were changed on the board must move: leave the cable in until this is done')
  if (plan.isForgetful) console.log(flash.FORGETFUL)
}

/** Writes `files` and all that a board needs beside them, or another broker; answers the board's configuration. */
async function write (board, firmware, files, options) {
  const progress = new Progress()
  const reading = fraction => progress.tell('reading', fraction, 'read')
  // Before anything is written: what can be refused is refused now.
  const parts = options.update ? [] : await partsOf(board.layout, firmware, files)
  if (options.backup) await secretWrite(flash, options.backup, await board.read(0, flash.FLASH_SIZE, reading))
  if (options.update) return flash.update(board, await programFor(board.layout), tell, progress.part, reading)
  if (options.erase) await board.erase()
  await flash.install(board, parts, progress.part)
  return flash.configurationOf(files)
}

/** Says how to try a board, or what it lacks. */
function conclude ({ address, accessPoint }, configuration) {
  if (address) {
    console.log(`done. Try it: ${flash.tryLine(address, configuration)}`)
  } else if (accessPoint) {
    console.log(`it has opened its own network, ${accessPoint}: its settings are absent or wrong, see above`)
  } else {
    console.log('all is written, but it has not joined the Wi-Fi yet: look at the network\'s name and password, and '
      + 'whether it is one of 2.4 GHz; "npm run monitor" shows what the board says')
  }
}

async function flashBoard (options) {
  const given = options.update ? null : await givenFiles(flash, options)
  // What can be refused before the board is touched is refused now; where nobody can be asked, that is all.
  optionsCheck(flash, options)
  const ready = given && !canAsk() ? await ownersAsked({ chip: '' }, options, given) : null
  const path = await portPath(flash, options.port)
  const port = new NodePort(path, flash)
  const board = await flash.Programmer.connect(port, { baudRate: options.baud })
  const { layout } = board
  try {
    console.log(`${path}: ${layout.chip}`)
    const files = ready ?? (given ? await ownersAsked(layout, options, given) : [])
    const firmware = options.update ? null : await firmwareFor(flash, layout, options.firmware)
    const socket = firmware && flash.otherSocket(layout, firmware.version, port)
    if (socket) console.log(flash.socketAdvice(layout, firmware.version, socket))
    const configuration = await write(board, firmware, files, options)
    conclude(await followBoard(flash, board, socket, options.wait), configuration)
  } finally {
    await board.close()
  }
}

await runCommand(flash, async () => {
  const options = givenOptions(command.opts())
  for (const file of [options.out, options.backup]) if (file) await fileCheck(flash, file)
  await (options.dryRun ? dryRun(options) : flashBoard(options))
})
