// `npm run monitor [-- --port PATH]`: what a board prints, until Ctrl-C.
import { runCommand } from './flash/exit_codes.mjs'
import { NodePort, portPath } from './flash/node_port.mjs'
import { commandLine } from './lib/command_line.mjs'
import { moduleOf } from './lib/node_module.mjs'

const { port } = commandLine('monitor')
  .description('Shows what a board prints.')
  .option('--port <path>', 'serial port of the board; found when there is only one')
  .parse().opts()
const flash = await moduleOf('src/flash/index.ts')

await runCommand(flash, async () => {
  const path = await portPath(flash, port)
  const print = flash.BoardLog.printer(line => console.log(line))
  const console_ = await flash.BoardConsole.open(new NodePort(path, flash), print)
  console.log(`${path}: what the board prints, until Ctrl-C`)
  await console_.ended
  throw new flash.FlashError('cable', `${path} is gone: check the cable`)
})
