// Extensions: cold parts of a board's program, files of Storage that run beside the broker where midge.json, or the
// owner's own code, asks for them. src/hub has their sources, src/hub/extension.d.ts what they are given.
import { counters } from '../../broker/counters'
import { queueRowCount } from '../../main'
import { socketAccept } from './accept'
import { looks, nameOf, packetLimit, room, say, waiting } from './broker_view'
import { configuration } from './configuration'
import { hubIdentifier } from './hub_client'
import { logWatch, report, reportDescribe } from './log'
import { wifiWait } from './services'

/** The owner's own code, and the extension that runs it. */
const HUB_FILE = 'hub.js'
const HUB_EXTENSION = 'm.hub'

/** What extensions have called once a second. */
export const seconds: (() => void)[] = []

interface Storage { read(name: string): string | undefined }

/** Runs the extensions that Storage lists: without such a list nothing more is made. */
export function extensionsStart(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const storage = require('Storage') as Storage
  const list = storage.read('m.list') || ''
  const hasHub = !!storage.read(HUB_FILE)
  if (list) extensionsRun(storage, JSON.parse(list) as Record<string, string[]>, hasHub)
  if (hasHub && list.indexOf(HUB_EXTENSION) < 0) print('hub.js needs m.hub in Storage')
}

/** By the extension's file: the keys of midge.json that ask for it, or hub.js. One without keys runs always. */
function extensionsRun(storage: Storage, list: Record<string, string[]>, hasHub: boolean): void {
  const host = hostOf() as { broker: { last?: () => void } }
  for (const name in list) {
    const keys = list[name]
    const isAsked = !keys[0] || keys.some(key => key in configuration || key === HUB_FILE && hasHub)
    if (isAsked) extensionRun(name, storage.read(name), host)
  }
  if (host.broker.last) host.broker.last()
}

/**
 * What there is for extensions: functions of which memory has nothing else (scripts/build/lists/cold.mjs), each for
 * those that take it. One that stood in here would hold on to all that does.
 */
function hostOf (): object {
  const broker = {
    counters, identifier: hubIdentifier, queued: queueRowCount, nameOf, watch: logWatch, describe: reportDescribe,
    limit: packetLimit,
  }
  return {
    configuration, accept: socketAccept, report, wifiWait, say, looks, room, waiting, seconds, broker, anew: hostOf,
  }
}

/**
 * Runs an extension's text: the body of a function that takes of `host` what it uses, and lets go of the rest
 * (passes/given.mjs). Where Storage is mapped its functions stay there. One that fails leaves the broker, and the
 * others, alone.
 */
function extensionRun(name: string, text: string | undefined, host: object): void {
  try {
    if (!text) throw Error('not in Storage')
    Function('host', text)(host)
  } catch (problem) {
    report(`${name}: ${problem as string}`)
  }
}
