// SIGHUP: the configuration is read again, with the files that it names. What can be applied while the broker runs is,
// and the log says what that was, and what only a restart can apply.
import { LOG_KEYS } from '../configuration/log_keys'
import type { GatewayOptions, KeySaid } from '../configuration/options'
import { PLUGIN_KEYS, isPluginOption } from '../configuration/plugin_keys'
import { SECURITY_KEYS } from '../configuration/security_keys'
import { TOKEN_KEYS } from '../configuration/token_keys'
import type { Broker } from '../library/api'
import { traceEvents } from './log_events'
import type { LogWriter } from './log_writer'
import type { RealmReader } from './realm_files'
import type { Watch } from './watch'

/** Keys that say which listeners there are: realms are theirs by their order. */
const SHAPES = ['listener', 'port', 'bind_address', 'per_listener_settings']

const isApplied = (key: string): boolean =>
  [LOG_KEYS, SECURITY_KEYS, TOKEN_KEYS, PLUGIN_KEYS].some((keys) => Object.hasOwn(keys, key)) || isPluginOption(key)

const saidOnce = (lines: KeySaid[]): Set<string> => new Set(lines.map(({ key, value }) => `${key} ${value}`))

/** Keys of lines that are in one list alone. Values are not told: there could be a password among them. */
function changedKeys(before: KeySaid[], after: KeySaid[]): string[] {
  const [old, fresh] = [saidOnce(before), saidOnce(after)]
  const changed = [...before.filter(({ key, value }) => !fresh.has(`${key} ${value}`)),
    ...after.filter(({ key, value }) => !old.has(`${key} ${value}`))]
  return [...new Set(changed.map(({ key }) => key))]
}

/** What is read and opened again. */
interface Parts { broker: Broker, realms: RealmReader, writer: LogWriter, watch: Watch }

export class Reloader {
  constructor(
    private options: GatewayOptions, private readonly again: () => GatewayOptions, private readonly parts: Parts,
  ) {}

  /** What is not good leaves all as it was; nobody is dropped. */
  reload(): void {
    const { broker, realms, writer, watch } = this.parts
    try {
      const options = this.again()
      const changed = changedKeys(this.options.said, options.said)
      const isOther = changed.some((key) => SHAPES.includes(key))
        || options.listeners.length !== this.options.listeners.length
      const read = realms.readAgain(isOther ? this.options : options)
      broker.certificatesReload()
      watch.reload()
      writer.reopen(options.log)
      traceEvents(broker, writer)
      broker.realmsSet(read)
      if (!isOther) this.options = options
      this.tell(changed, isOther)
    } catch (error) {
      writer.log('error', `SIGHUP: nothing was changed: ${(error as Error).message}`)
    }
  }

  private tell(changed: string[], isOther: boolean): void {
    const applied = changed.filter((key) => isApplied(key) && !(isOther && !Object.hasOwn(LOG_KEYS, key)))
    const others = changed.filter((key) => !applied.includes(key))
    const what = applied.length ? `; changed: ${applied.join(', ')}` : ''
    const { log } = this.parts.writer
    log(
      'information', `SIGHUP: users, access lists and certificates were read again, logs opened again${what}`)
    if (others.length) log('warning', `SIGHUP: a restart is needed for: ${others.join(', ')}`)
  }
}
