// `require`: the firmware's modules, then files of Storage, each run once in a function of its own.

import type { BoardObject, Listener } from './event_queue'
import { textOfBytes } from './latin1'
import type { Realm } from './realm'
import type { StorageImage } from './storage_image'

export class Modules {
  private cache = new Map<string, unknown>()

  constructor (
    private readonly realm: Realm,
    private readonly image: StorageImage,
    private readonly firmware: Record<string, BoardObject>,
  ) {}

  require (name: string): unknown {
    if (this.firmware[name]) return this.firmware[name]
    if (this.cache.has(name)) return this.cache.get(name)
    const record = this.image.find(name)
    if (!record) throw new Error(`Module "${name}" not found`)
    const code = textOfBytes(this.image.data(record))
    const run = this.realm.run(`(function (exports, module) {${code}\n})`, name) as Listener
    const module = this.realm.createObject()
    module.exports = this.realm.createObject()
    run.call(module.exports, module.exports, module)
    this.cache.set(name, module.exports)
    return module.exports
  }

  /** The global `Modules`. */
  global (): Record<string, unknown> {
    return {
      addCached: (name: string, exports: unknown) => { this.cache.set(name, exports) },
      removeCached: (name: string) => { this.cache.delete(name) },
      removeAllCached: () => { this.cache.clear() },
      getCached: () => [...this.cache.keys()],
    }
  }
}
