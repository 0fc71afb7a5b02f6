// The simulated board in real time, with its broker's port bridged to one of this computer.
import { moduleOf } from '../lib/node_module.mjs'
import { pageFreePort } from './page_port.mjs'
import { createLine, numbersExpression } from './numbers.mjs'

export const SIMULATOR = 'src/simulator/live_driver.ts'

/** Flash that outlives the board, as its options have it: of others only Storage is worth keeping. */
function outliving ({ storage, storageStart, write }) {
  const flash = new Uint8Array(storageStart + storage.length).fill(0xff)
  flash.set(storage, storageStart)
  const flashChanged = (address, bytes) => { if (address >= storageStart) write(address - storageStart, bytes) }
  return { flash, flashChanged }
}

/**
 * Switches the board on, with a flash file (flash_file.mjs) where it has one; answers its port and address, a line
 * about it, and how to end it.
 */
export async function startSimulator ({
  files, names, networks, flash = null, time = null, port, pagePort = 0, host, log,
}) {
  const { LiveDriver } = await moduleOf(SIMULATOR)
  const driver = new LiveDriver({ files, networks, log, ...flash && outliving(flash) }, time)
  driver.start()
  const { board } = driver
  const [boardPort, boardPagePort] = board.tcp.ports
  if (!boardPort) {
    driver.close()
    throw new Error('the board does not listen')
  }
  try {
    port = await driver.listen(boardPort, port, host)
    pagePort = boardPagePort && await driver.listen(boardPagePort, await pageFreePort(pagePort, host), host)
  } catch (error) {
    driver.close()
    throw error
  }
  const lineOf = createLine()
  const numbers = numbersExpression(names, false)
  return {
    port,
    pagePort,
    host,
    status: () => lineOf(board.evaluate(numbers)),
    stop: () => driver.close(),
    onEnd: () => undefined,
  }
}
