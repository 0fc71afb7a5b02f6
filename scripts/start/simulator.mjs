// The simulated board in real time, with its broker's port bridged to one of this computer.
import { moduleOf } from '../lib/node_module.mjs'
import { createLine, numbersExpression } from './numbers.mjs'

export const SIMULATOR = 'src/simulator/live_driver.ts'

/** Switches the board on; answers its port and address, a line about it, and how to end it. */
export async function startSimulator ({ files, names, networks, port, host, log }) {
  const { LiveDriver } = await moduleOf(SIMULATOR)
  const driver = new LiveDriver({ files, networks, log })
  driver.start()
  const { board } = driver
  const [boardPort] = board.tcp.ports
  if (!boardPort) {
    driver.close()
    throw new Error('the board does not listen')
  }
  try {
    port = await driver.listen(boardPort, port, host)
  } catch (error) {
    driver.close()
    throw error
  }
  const lineOf = createLine()
  const numbers = numbersExpression(names, false)
  return {
    port,
    host,
    status: () => lineOf(board.evaluate(numbers)),
    stop: () => driver.close(),
    onEnd: () => undefined,
  }
}
