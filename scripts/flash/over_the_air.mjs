// A new broker for a board that runs, over the network: as a client of its broker.
import mqtt from 'mqtt'
import { programFor } from './sources.mjs'
import { askPassword } from './prompts.mjs'

const PORT = 1_883
/** How long a board has to be back, and how often it is looked for. Milliseconds. */
const BACK_MS = 90_000
const LOOK_MS = 2_000

/** The address of a broker, as `host` or `host:port`. */
function brokerAddress (flash, text) {
  const [, host, port = String(PORT)] = /^(\[.+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? []
  if (host && Number(port) > 0 && Number(port) < 65_536) return `mqtt://${host}:${port}`
  throw new flash.FlashError('usage', `"${text}" is no address: write it as 192.168.1.50 or midge.local:1883`)
}

/** Connects as a user; answers what carries messages to the board. */
async function connect (flash, url, { name, password }) {
  const client = await mqtt.connectAsync(url, {
    username: name, password, protocolVersion: 4, reconnectPeriod: 0, connectTimeout: 10_000,
  }).catch(({ message, code }) => {
    const isRefused = /not authorized|bad user/i.test(message)
    throw new flash.FlashError(isRefused ? 'no permission' : 'no answer', isRefused
      ? `${url} does not let ${name} in: is it a user of midge.json, and the password right?`
      : `${url} does not answer (${code ?? message}): is it the board's address, and the board on?`)
  })
  // What happens to it is told by whoever waits for an answer.
  client.on('error', () => undefined)
  await client.subscribeAsync(flash.ANSWER_TOPIC)
  return {
    end: () => client.endAsync(true),
    carrier: {
      publish: async (topic, payload) => { client.publish(topic, payload) },
      onAnswer: hear => { client.on('message', (_topic, payload) => hear(String(payload))) },
    },
  }
}

/** Speaks with a board as a user; `run` is given what updates it. */
async function withBoard (flash, url, user, run) {
  const { carrier, end } = await connect(flash, url, user)
  try {
    return await run(new flash.OverTheAir(carrier))
  } finally {
    await end()
  }
}

/** Waits until the board is back; answers the number of the program that it runs. */
async function numberBack (flash, url, user) {
  const endMs = performance.now() + BACK_MS
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, LOOK_MS))
    try {
      return (await withBoard(flash, url, user, air => air.hello())).number
    } catch (error) {
      if (performance.now() > endMs) throw error
    }
  }
}

/**
 * Sends the broker to the board at an address and waits until it runs there. Throws FlashError where it does not.
 */
export async function uploadOver (flash, { host, user, password, progress }) {
  const url = brokerAddress(flash, host)
  const sender = { name: user, password: password ?? await askPassword(flash, user) }
  const number = await withBoard(flash, url, sender, async air => {
    const { board } = await air.hello()
    const layout = flash.boardLayout(board)
    if (!layout) throw new flash.FlashError('wrong chip', `this board calls itself ${board}: there is no broker for it`)
    const { broker } = await programFor(layout)
    return air.send(broker, sender, fraction => progress.tell(
      'broker', fraction, `${flash.BROKER_FILE}: ${broker.length} bytes`))
  })
  console.log('the board starts anew with it')
  const runs = await numberBack(flash, url, sender)
  if (runs !== number) {
    throw new flash.FlashError('verification', 'the new broker did not come up: the board runs the one before')
  }
}
