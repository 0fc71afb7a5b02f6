// Somebody with the broker's page open, for a count of what that takes of a board.
import mqtt from 'mqtt'

/** What the page watches. */
const FILTERS = ['$SYS/broker/#', '#']
/** The last of what a board tells it at a time. */
const REPORT = '$SYS/broker/dashboard/clients'

/**
 * Gets the page, and is on it until it is left: answers how to leave once the board has told what it tells.
 * @param {number} port
 * @param {{ users?: Record<string, string> }} settings
 */
export async function pageOpen (port, { users = {} }) {
  await (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer()
  const [[username, password] = []] = Object.entries(users)
  const client = await mqtt.connectAsync(`ws://127.0.0.1:${port}/`, { protocolVersion: 5, username, password })
  const told = new Promise(done => client.on('message', topic => { if (topic === REPORT) done(undefined) }))
  await client.subscribeAsync(FILTERS)
  await told
  return () => client.endAsync()
}
