// `npm run upload [-- --bundle --hub hub.js --config midge.json]`: other files for a board that runs, without its
// loader. It starts anew with them.
import { configurationWhole } from './flash/configuration.mjs'
import { runCommand } from './flash/exit_codes.mjs'
import { hubRead } from './flash/files.mjs'
import { boardPrinter } from './flash/follow.mjs'
import { modulesFor } from './flash/modules.mjs'
import { NodePort, portPath } from './flash/node_port.mjs'
import { commandLine } from './lib/command_line.mjs'
import { Progress } from './flash/progress.mjs'
import { brokerFor } from './flash/sources.mjs'
import { moduleOf } from './lib/node_module.mjs'

const options = commandLine('upload')
  .description('Replaces the broker, hub.js or midge.json on a board that runs.')
  .option('--port <path>', 'serial port of the board; found when there is only one')
  .option('--bundle', 'the broker, as the sources make it')
  .option('--hub <file>', 'your own code')
  .option('--modules <place>', 'folder or address with the modules that it requires and the board has not')
  .option('--config <file>', 'midge.json')
  .parse().opts()
const flash = await moduleOf('src/flash/index.ts')

/** The chip's layout by the name of the firmware's board. */
async function layoutOf (board) {
  const name = await board.evaluate('process.env.BOARD')
  // ESP32, or with the SDK behind it: ESP32C3_IDF4.
  const family = String(name).toLowerCase().replace(/_.*$/, '')
  const found = flash.CHIP_LAYOUTS.find(layout => layout.board === family)
  if (!found) throw new flash.FlashError('wrong chip', `this board calls itself ${name}: there is no broker for it`)
  return found
}

/** What is to be known of the broker on this board before it is sent. */
async function brokerTold (board, broker) {
  const isKept = (await flash.filesThere(board)).includes(flash.RECORDS_FILE)
  if (flash.keepsRecords(broker) && !isKept) console.log(flash.FORGETFUL)
}

await runCommand(flash, async () => {
  const { hub, config, bundle } = options
  if (!hub && !config && !bundle) {
    throw new flash.FlashError('usage', 'what shall be replaced? --bundle, --hub FILE or --config FILE')
  }
  const files = []
  if (config) files.push({ name: flash.CONFIGURATION_FILE, data: await configurationWhole(flash, config) })
  if (hub) files.push({ name: flash.HUB_FILE, data: await hubRead(flash, hub) })
  const path = await portPath(flash, options.port)
  const board = await flash.BoardConsole.open(new NodePort(path, flash), boardPrinter(flash))
  try {
    if (bundle) {
      const broker = await brokerFor(await layoutOf(board))
      await brokerTold(board, broker)
      files.push({ name: flash.BROKER_FILE, data: broker })
    }
    if (hub) files.push(...await modulesFor(flash, files, options.modules, await flash.filesThere(board)))
    const progress = new Progress()
    await flash.upload(board, files, ({ name, data }, fraction) =>
      progress.tell(name, fraction, `${name}: ${data.length} bytes`))
    await board.restart()
  } finally {
    await board.close()
  }
  console.log('done: the board starts with it')
})
