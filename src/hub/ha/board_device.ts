// The board as a device of Home Assistant: one retained message announces it, one a minute has its numbers.
//
// A broker has no Will: when it goes its clients know at once. Who hears of it over another broker, a bridge's, does
// not, so that its numbers expire there after EXPIRE_S, and a restart that was asked for says so before.
import { BRIDGE_IDENTIFIER } from '../../port/espruino/own_clients'
import { VERSION } from '../../version'
import { boardId, boardTopic } from './identity'

const REPORT_MS = 60_000
/** Numbers that come no more are no longer true: seconds. Three reports. */
const EXPIRE_S = 180
/** For what waits to be sent to leave the board. Milliseconds. */
const RESTART_MS = 1_000

// Rows of midge.counters: src/broker/counters.ts.
const RECEIVED = 2
const SENT = 3
const DROPPED = 8

interface Storage { read(name: string, offset?: number, size?: number): string | undefined }

/** What $SYS said last. */
let clients = 'null'
let retained = 'null'
let years = 'null'
let uptime = 'null'
let isBridged = false
let counted = 0
/** Packets a second, between the last two ticks. */
let rate = '0'

/** A number of the board: its name here and for people, and what else Home Assistant is told of it. */
function numberText(key: string, name: string, more: string): string {
  return `,"${key}":{"p":"sensor","uniq_id":"${boardId}_${key}","name":"${name}","val_tpl":"{{value_json.${key}}}",`
    + `"ent_cat":"diagnostic","exp_aft":${EXPIRE_S}${more}}`
}

/** Put together as text: as objects it would take a thousand variables for a moment. */
function configurationText(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const storage = require('Storage') as Storage
  const measured = ',"stat_cla":"measurement"'
  const name = JSON.stringify(configuration.hostname || 'Midge')
  return `{"dev":{"ids":["${boardId}"],"name":${name},"mf":"Midge","mdl":"MQTT broker","sw":"${VERSION}"},`
    + `"o":{"name":"Midge","sw":"${VERSION}"},"stat_t":"${boardTopic}state","avty_t":"${boardTopic}availability",`
    + `"cmps":{"restart":{"p":"button","uniq_id":"${boardId}_restart","name":"Restart","dev_cla":"restart",`
    + `"cmd_t":"${boardTopic}restart","ent_cat":"config"}`
    + numberText('clients', 'Clients', measured)
    + numberText('rate', 'Messages per second', measured)
    + numberText('dropped', 'Messages dropped', ',"stat_cla":"total_increasing"')
    + numberText('queued', 'Messages waiting', measured)
    + numberText('retained', 'Retained messages', measured)
    + numberText('memory', 'Free variables', measured)
    + numberText('uptime', 'Uptime', ',"dev_cla":"duration","unit_of_meas":"s"')
    + (storage.read('midge.db', 0, 1) ? numberText('flash', 'Flash lasts for', ',"unit_of_meas":"y"') : '')
    + ((storage.read('midge.json') || '').indexOf('"bridge"') < 0 ? ''
      : `,"bridge":{"p":"binary_sensor","uniq_id":"${boardId}_bridge","name":"Bridge","dev_cla":"connectivity",`
        + '"val_tpl":"{{value_json.bridge}}","ent_cat":"diagnostic"}')
    + '}}'
}

/** Once every REPORT_MS. */
function tick(): void {
  const packets = midge.counters[RECEIVED] + midge.counters[SENT]
  rate = ((packets - counted) * 1_000 / REPORT_MS).toFixed(1)
  counted = packets
  report()
}

/** Says how the board is. Not retained: it would be old, and wear its flash out. */
function report(): void {
  midge.publish(boardTopic + 'state', `{"clients":${clients},"rate":${rate},"dropped":${midge.counters[DROPPED]},`
    + `"queued":${midge.queued()},"retained":${retained},"memory":${(process as unknown as Engine).memory(false).free},`
    + `"uptime":${uptime},"flash":${years},"bridge":"${isBridged ? 'ON' : 'OFF'}"}`)
}

interface Engine { memory(isCollected: boolean): { free: number } }

function available(state: string): void {
  midge.publish(boardTopic + 'availability', state, { retain: true })
}

function onRestart(_topic: string, payload: string, details: { retain: boolean }): void {
  if (payload !== 'PRESS' || details.retain) return
  available('offline')
  E.emit('midge ends')
  setTimeout(() => E.reboot(), RESTART_MS)
}

function onBridge(isThere: boolean, name: string): void {
  if (name === BRIDGE_IDENTIFIER) isBridged = isThere
}

/** Announces the board, and goes on saying how it is. */
export function boardAnnounce(prefix: string): void {
  midge.publish(`${prefix}/device/${boardId}/config`, configurationText(), { retain: true })
  available('online')
  midge.subscribe('$SYS/broker/clients/connected', (_, payload) => { clients = payload })
  midge.subscribe('$SYS/broker/retained messages/count', (_, payload) => { retained = payload })
  midge.subscribe('$SYS/broker/flash/years left', (_, payload) => { years = payload })
  // `123 seconds`
  midge.subscribe('$SYS/broker/uptime', (_, payload) => { uptime = '' + parseInt(payload) })
  midge.subscribe(boardTopic + 'restart', onRestart)
  midge.on('connect', name => onBridge(true, name))
  midge.on('disconnect', name => onBridge(false, name))
  // Home Assistant has just started.
  midge.subscribe(prefix + '/status', (_, payload) => { if (payload === 'online') report() })
  setInterval(tick, REPORT_MS)
}
