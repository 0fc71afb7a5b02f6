// Another program for a board that runs, over MQTT: docs/home.md says how it is asked for and who may. It is written
// into the slot that does not run (src/flash/slot_layout.ts), piece by piece as it comes; a head that names it is
// written last, and at the next start src/flash/program_slots.ts has the choice. What runs is never touched.
//
// Memory: one piece, and some variables while an update comes.
// Invariant: nothing is written before somebody of `update` has shown that he knows his password, and no head before
// the program's SHA-256 is the one that he showed it with.
import {
  ANSWER_TOPIC, PIECE_SIZE, PROGRAM_SIZE_MAX, SLOTS_FILE, SLOT_HEAD_SIZE, SLOT_KEPT, SLOT_SIZE, UPDATE_TOPIC,
} from '../../flash/slot_layout'
import { hmac, sha256 } from './hmac'

const PAGE_SIZE = 4_096
/** Milliseconds for which a program must have run, and somebody have come in, until it is kept. */
const COMES_UP_MS = 60_000
/** Seconds until the next one who says that he is somebody is listened to. */
const WAIT_S = 5
/** Milliseconds until the board starts anew: the answer leaves first. */
const RESTART_MS = 1_000

interface Flash {
  write(bytes: string, address: number): void
  erasePage(address: number): void
}

interface Storage {
  read(name: string, start?: number, size?: number): string
  write(name: string, data: string, start: number): void
  erase(name: string): void
}

interface Offer {
  id: string
  user: string
  size: number
  /** SHA-256, hexadecimal. */
  hash: string
  challenge: string
}

/** Set by the start: address of the first slot, 0 for none; its place in the file; and which one runs, or -1. */
type Slots = [address: number, place: number, running: number]
const slots = (global as unknown as { midgeSlots?: Slots }).midgeSlots || [0, 0, -1] as Slots

/* eslint-disable @typescript-eslint/no-require-imports -- Espruino has no other way */
const storage = require('Storage') as Storage
const flash = require('Flash') as Flash
/* eslint-enable @typescript-eslint/no-require-imports */

const users = configuration.users as Record<string, string> | undefined
const allowed = configuration.update as string[]
delete configuration.update

/** Somebody who has not shown yet who he is. */
let offered: Offer | undefined
/** What comes, and how many bytes of it are there. */
let taken: Offer | undefined
let arrived = 0
let isErased = false
/** When the next offer is listened to, seconds. */
let listenAt = 0

const runs = (): number => slots[2]
/** The slot that is written to. */
const target = (): number => runs() === 0 ? 1 : 0
/** Where a slot is in its file. */
const placeOf = (slot: number): number => slots[1] + slot * SLOT_SIZE
const addressOf = (slot: number): number => slots[0] + slot * SLOT_SIZE

/** The number of the program that runs; 0: the one that the cable brought. */
const numberNow = (): number => runs() < 0 ? 0 : parseInt(storage.read(SLOTS_FILE, placeOf(runs()) + 16, 6), 10)

function answer(id: string, what: Record<string, unknown>): void {
  what.id = id
  midge.publish(ANSWER_TOPIC, what)
}

function refuse(id: string, why: string): void {
  answer(id, { error: why })
}

/** `{ id }`: is answered with what this board is, and the number of the program that runs. */
function hello(text: string): void {
  answer((JSON.parse(text) as Offer).id, { board: process.env.BOARD, number: numberNow() })
}

/** `{ id, user, size, hash }`: is answered with what the proof is to be made of. */
function offer(text: string): void {
  const asked = JSON.parse(text) as Offer
  const id = asked.id
  const user = asked.user
  const size = asked.size
  const hash = asked.hash
  if (getTime() < listenAt) return refuse(id, 'somebody has just failed to show who he is: try again in 5 seconds')
  if (!(size > 0 && size <= PROGRAM_SIZE_MAX)) return refuse(id, `a program has up to ${PROGRAM_SIZE_MAX} bytes`)
  if (typeof user !== 'string' || typeof hash !== 'string' || hash.length !== 64) return refuse(id, 'no offer')
  let challenge = ''
  for (let i = 0; i < 4; i++) challenge += (E.hwRand() >>> 0).toString(16)
  offered = { id, user, size, hash, challenge }
  answer(id, { challenge })
}

/** The HMAC of the challenge, the size and the hash by the user's password, hexadecimal. */
function prove(proof: string): void {
  const shown = offered
  offered = undefined
  if (!shown) return
  const id = shown.id
  const user = shown.user
  const size = shown.size
  const password = allowed.indexOf(user) >= 0 && users ? users[user] : ''
  if (!password || hmac(password, `${shown.challenge} ${size} ${shown.hash}`) !== proof) {
    listenAt = getTime() + WAIT_S
    print(`update: refused, as ${JSON.stringify(user)}`)
    return refuse(id, 'not authorised')
  }
  print(`update: ${size} bytes come from ${JSON.stringify(user)}`)
  taken = shown
  arrived = 0
  isErased = false
  // Addresses must be integers to the engine, which neither a quotient is nor a number that was read from a text.
  erase(shown, size + SLOT_HEAD_SIZE + PAGE_SIZE - 1 >> 12)
}

/** A page at a time, the last one first: the engine does nothing else meanwhile. */
function erase(whose: Offer, pages: number): void {
  if (taken !== whose) return
  if (pages > 0) {
    flash.erasePage(addressOf(target()) + (pages - 1) * PAGE_SIZE)
    setTimeout(erase, 0, whose, pages - 1)
    return
  }
  isErased = true
  answer(whose.id, { at: 0, piece: PIECE_SIZE })
}

/** A piece is taken where it follows; one that came already is acknowledged again. */
function piece(at: number, text: string): void {
  if (!taken || !isErased) return
  let bytes = at === arrived ? atob(text) : ''
  const size = bytes.length
  if (size > PIECE_SIZE || arrived + size > taken.size) return refuse(taken.id, 'more than was offered')
  if (size) {
    // A chip is written in words.
    while (bytes.length & 3) bytes += '\xff'
    flash.write(bytes, addressOf(target()) + SLOT_HEAD_SIZE + arrived)
    arrived += size
  }
  answer(taken.id, { at: arrived })
}

const digits = (value: number, count: number): string => ('000000000' + value).slice(-count)

function finish(): void {
  if (!taken || arrived < taken.size) return
  const id = taken.id
  const size = taken.size
  const hash = taken.hash
  const place = placeOf(target())
  taken = undefined
  const program = storage.read(SLOTS_FILE, place + SLOT_HEAD_SIZE, size)
  if (sha256(program) !== hash) return refuse(id, 'it did not arrive as it was sent')
  const number = numberNow() + 1
  const head = digits(size, 6) + digits(number, 6) + digits(E.CRC32(storage.read('.bootcde')), 10)
    + digits(E.CRC32(program), 10)
  storage.write(SLOTS_FILE, digits(E.CRC32(head), 10) + head + '\xff\xff', place)
  answer(id, { done: number })
  print('update: the board starts anew with it')
  E.emit('midge ends')
  setTimeout(() => {
    // hub.js has not lasted yet: that is no reason to leave it out.
    storage.erase('hub.ran')
    E.reboot()
  }, RESTART_MS)
}

const STEPS: Record<string, (text: string) => void> = { hello, offer, prove, finish }

function heard(topic: string, text: string): void {
  const step = topic.substr(UPDATE_TOPIC.length)
  try {
    if (+step >= 0) piece(+step, text)
    else if (typeof STEPS[step] === 'function') STEPS[step](text)
  } catch (problem) {
    refuse('', '' + (problem as string))
  }
}

/** A program that is new is kept once it has run for a while, and somebody has found the board. */
function watchOver(): void {
  const place = placeOf(runs()) + SLOT_KEPT
  if (storage.read(SLOTS_FILE, place, 1) !== '\xff') return
  let missing = 2
  const look = (): void => {
    if (--missing) return
    storage.write(SLOTS_FILE, '\0\0\0\0', place)
    print('update: the new program is kept')
  }
  setTimeout(look, COMES_UP_MS)
  let hasCome = false
  midge.on('connect', () => {
    if (!hasCome) look()
    hasCome = true
  })
}

/** What keeps the board from being updated; empty when nothing does. */
function fault(): string {
  if (!Array.isArray(allowed) || !allowed.length) return 'must be a list of names of users'
  for (const name of allowed) if (!users || !users[name]) return `${name} is no user with a password`
  return ''
}

function start(): void {
  const why = fault()
  if (why) return print(`midge.json: update: ${why}`)
  if (!slots[0]) return print('update: this board has no room for programs')
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
    require('crypto')
  } catch {
    return print('update: this firmware has no crypto')
  }
  if (runs() >= 0) watchOver()
  midge.subscribe(UPDATE_TOPIC + '+', heard)
}

start()
