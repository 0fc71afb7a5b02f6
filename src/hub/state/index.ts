// The extension m.state: midge.state, a few values of hub.js that survive a power cut. midge.json: "state": true.
//
// They are one message that the broker retains under $SYS, where no client publishes, at QoS 1: the board's store has
// it for good before `say` returns. What changes in one go is written once, when what runs has returned, and then once
// in WRITE_MS; and before a restart that was asked for.
import { HUB_SOCKET } from '../../port/espruino/own_clients'

/** All of them together, as JSON: bytes. */
const SIZE_MAX = 1_024
const WRITE_MS = 5_000
const TOPIC = '$SYS/broker/state'
/** QoS 1, and retained. */
const FLAGS = 3

/** Not an object's keys: one that is a word of the engine's own would find that. */
let values: [name: string, value: unknown][] = []
/** The sum of what was written last. */
let sum = 0
let isChanged = false
let isFull = false
let timer: NodeJS.Timeout | undefined

const given = configuration.state
delete configuration.state

/** Writes them, unless they are what was written. */
function put(): void {
  isChanged = false
  const bytes = midge.bytes(values)
  const now = E.CRC32(bytes)
  if (now === sum) return
  if (say(TOPIC, bytes, FLAGS)) {
    sum = now
    isFull = false
    return
  }
  isChanged = true
  if (!isFull) print('midge.state: the board\'s store has no room; until it has, a power cut would lose what is new')
  isFull = true
}

function turn(): void {
  timer = undefined
  if (!isChanged) return
  put()
  timer = setTimeout(turn, WRITE_MS)
}

function set(name: string, value: unknown): void {
  if (typeof value === 'function') throw new Error(`midge.state: ${name} is a function, which cannot be kept`)
  const next = values.filter(one => one[0] !== name)
  if (value !== null) next.push([name, value])
  const size = midge.bytes(next).length
  if (size > SIZE_MAX) {
    throw new Error(`midge.state: no room for ${name}: all values together have ${SIZE_MAX} bytes, `
      + `and would have ${size}`)
  }
  values = next
  isChanged = true
  if (!timer) timer = setTimeout(turn, 0)
}

/** A value by its name, undefined where there is none; or sets it. Null takes it away. */
function state(name: string, value?: unknown): unknown {
  if (typeof name !== 'string' || !name) throw new Error(`midge.state: no name: ${String(name)}`)
  if (value !== undefined) set(name, value)
  const found = values.filter(one => one[0] === name)[0]
  return found && found[1]
}

/** Reads what was written before the start. */
function load(): void {
  if (!looks().some(look => look[0].sckt === HUB_SOCKET)) throw new Error('no place for a client')
  midge.subscribe(TOPIC, (_, payload) => {
    values = JSON.parse(payload) as typeof values
    sum = E.CRC32(midge.bytes(values))
  })
  midge.take()
  midge.unsubscribe(TOPIC)
}

function start(): void {
  if (typeof given !== 'boolean') return print('midge.json: state must be true or false')
  if (!given) return
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const storage = require('Storage') as { read(name: string, offset: number, size: number): string | undefined }
  if (!storage.read('midge.db', 0, 1)) print('midge.state: this board keeps nothing: its values end with the power')
  load()
  midge.state = state
  E.on('midge ends', () => { if (isChanged) put() })
}

start()
