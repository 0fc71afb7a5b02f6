// A board that was just written is followed until it says where it is, also where its console is at its other socket.
import { NodePort, portInfo, usbPorts } from './node_port.mjs'

/** How often ports are looked for. Seconds. */
const LOOK_SECONDS = 0.5
/** How long a port that was there already waits for a new one: it may be anything of the same make. Seconds. */
const NEW_SECONDS = 5

/** What a board says, indented below what is said of it. */
export const boardPrinter = flash => flash.BoardLog.printer(line => console.log(`  ${line}`))

/** Waits for the socket with the console to be plugged in; answers its port's path, undefined when it was not. */
async function awaitSocket (flash, socket, seconds, listPorts) {
  const paths = async () => (await listPorts())
    .filter(port => flash.socketOf({ getInfo: () => portInfo(port) }) === socket).map(({ path }) => path)
  const before = await paths()
  for (let waited = 0; waited <= seconds; waited += LOOK_SECONDS) {
    const now = await paths()
    const fresh = now.find(path => !before.includes(path))
    if (fresh) return fresh
    if (now.length === 1 && waited >= NEW_SECONDS) return now[0]
    await new Promise(resolve => setTimeout(resolve, LOOK_SECONDS * 1_000))
  }
  return undefined
}

async function followElsewhere (flash, socket, seconds, listPorts) {
  console.log(`plug the cable into the socket marked ${flash.socketMark(socket)}: waiting for it`)
  const path = await awaitSocket(flash, socket, seconds, listPorts)
  if (!path) return new flash.BootLog()
  console.log(`${path}: the board starts anew`)
  return flash.followRestart(new NodePort(path, flash), boardPrinter(flash), seconds * 1_000)
}

/** Follows a board for so many seconds; answers its log. `socket` has its console, where that is not at this port. */
export async function followBoard (flash, board, socket, seconds, listPorts = usbPorts) {
  console.log('the board starts')
  const waitMs = Math.min(seconds * 1_000, socket ? flash.ELSEWHERE_MS : Infinity)
  const log = await flash.followBoot(board, boardPrinter(flash), waitMs)
  if (log.isOver || !socket) return log
  await board.close()
  return followElsewhere(flash, socket, seconds, listPorts)
}
