// `npm run upload [-- --bundle --hub hub.js --config midge.json]`: other files for a board that runs, without its
// loader; with --host another broker, over the network. It starts anew with them.
import { configurationWhole } from './flash/configuration.mjs'
import { runCommand } from './flash/exit_codes.mjs'
import { hubRead } from './flash/files.mjs'
import { boardPrinter } from './flash/follow.mjs'
import { modulesFor } from './flash/modules.mjs'
import { NodePort, portPath } from './flash/node_port.mjs'
import { commandLine } from './lib/command_line.mjs'
import { Progress } from './flash/progress.mjs'
import { programFor } from './flash/sources.mjs'
import { moduleOf } from './lib/node_module.mjs'

const options = commandLine('upload')
  .description('Replaces the broker, hub.js or midge.json on a board that runs.')
  .option('--port <path>', 'serial port of the board; found when there is only one')
  .option('--bundle', 'the broker, as the sources make it')
  .option('--hub <file>', 'your own code')
  .option('--modules <place>', 'folder or address with the modules that it requires and the board has not')
  .option('--config <file>', 'midge.json')
  .option('--host <address>', 'send the broker over the network, to a board with "update" in its midge.json')
  .option('--user <name>', 'who sends it so: one of the users that "update" names')
  .parse().opts()
const flash = await moduleOf('src/flash/index.ts')

/** The chip's layout by the name of the firmware's board. */
async function layoutOf (board) {
  const name = await board.evaluate('process.env.BOARD')
  const found = flash.boardLayout(String(name))
  if (!found) throw new flash.FlashError('wrong chip', `this board calls itself ${name}: there is no broker for it`)
  return found
}

/** What is to be known of the broker on this board before it is sent. */
function brokerTold (there, broker) {
  if (flash.keepsRecords(broker) && !there.includes(flash.RECORDS_FILE)) console.log(flash.FORGETFUL)
}

/**
 * The broker, where it is asked for, and the extensions that the board is to have; `there` are the names of its files.
 * @param {Record<string, any>} options
 */
async function programFiles (board, there, options, files) {
  const { config, bundle, hub } = options
  const settings = config ? flash.configurationOf(files) : await flash.configurationThere(board)
  const asked = flash.extensionsAsked(settings, Boolean(hub) || there.includes(flash.HUB_FILE))
  // What runs hub.js is there, and there is nothing else to be changed.
  if (!bundle && !config && asked.every(name => there.includes(name))) return []
  const hasOthers = there.includes(flash.EXTENSION_LIST)
  if (!bundle && !asked.length && !hasOthers) return []
  const { broker, extensions } = await programFor(await layoutOf(board))
  if (bundle) brokerTold(there, broker)
  return [
    // Room is as it was: another one for programs would not fit beside it, and of networks it has what was chosen.
    ...flash.extensionFiles(asked, extensions).filter(({ name }) => !flash.isRoom(name) || !there.includes(name)),
    ...!asked.length && hasOthers ? [flash.NO_EXTENSIONS] : [],
    ...bundle ? [{ name: flash.BROKER_FILE, data: broker }] : [],
  ]
}

/** The broker alone, over the network. */
async function overTheAir () {
  const { host, user, hub, config, port } = options
  if (hub || config || port) {
    throw new flash.FlashError('usage', '--host sends the broker alone: leave out --hub, --config and --port')
  }
  if (!user) throw new flash.FlashError('usage', 'who sends it? --user NAME, which "update" of midge.json names')
  const { uploadOver } = await import('./flash/over_the_air.mjs')
  await uploadOver(flash, { host, user, password: process.env.MIDGE_USER_PASSWORD, progress: new Progress() })
  console.log('done: the board runs it, and keeps it when it has run for a minute and a client has come')
}

await runCommand(flash, async () => {
  const { hub, config, bundle, host } = options
  if (host) return overTheAir()
  if (!hub && !config && !bundle) {
    throw new flash.FlashError('usage', 'what shall be replaced? --bundle, --hub FILE or --config FILE')
  }
  const files = []
  if (config) files.push({ name: flash.CONFIGURATION_FILE, data: await configurationWhole(flash, config) })
  if (hub) files.push({ name: flash.HUB_FILE, data: await hubRead(flash, hub) })
  const path = await portPath(flash, options.port)
  const board = await flash.BoardConsole.open(new NodePort(path, flash), boardPrinter(flash))
  try {
    const there = await flash.filesThere(board)
    if (hub) files.push(...await modulesFor(flash, files, options.modules, there))
    files.push(...await programFiles(board, there, options, files))
    const progress = new Progress()
    await flash.upload(board, files, ({ name, data }, fraction) =>
      progress.tell(name, fraction, `${name}: ${data.length} bytes`))
    await board.restart()
  } finally {
    await board.close()
  }
  console.log('done: the board starts with it')
})
