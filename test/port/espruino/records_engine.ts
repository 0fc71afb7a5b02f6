// What the record store needs of the engine, over the simulator's flash: a module that imports this one before the
// store has E, and finds 'Flash' and 'Storage' where it requires them.

import Module from 'node:module'
import { Addresses } from '../../../src/simulator/addresses'
import { createEngineObject } from '../../../src/simulator/e_object'
import type { EngineState } from '../../../src/simulator/e_object'
import type { FlashMemory } from '../../../src/simulator/flash_memory'
import { createFlashModule } from '../../../src/simulator/flash_module'
import type { Runtime } from '../../../src/simulator/runtime'
import { StorageImage } from '../../../src/simulator/storage_image'
import { createStorageModule } from '../../../src/simulator/storage_module'

const runtime = {
  createObject: () => ({}),
  createBytes: (bytes: Uint8Array) => new Uint8Array(bytes),
  random: () => 0.5,
} as unknown as Runtime

const modules: Record<string, unknown> = {}

/** From now on a program's modules stand on this flash. */
export function engineUse(flash: FlashMemory): void {
  const storage = new StorageImage(flash)
  modules.Flash = createFlashModule(runtime, flash, storage)
  modules.Storage = createStorageModule(runtime, storage)
}

const loader = Module as unknown as { _load(name: string, ...rest: unknown[]): unknown }
const load = loader._load
loader._load = function (name, ...rest) {
  return modules[name] ?? load.call(this, name, ...rest)
}

const state = { addresses: new Addresses(), watchdog: {}, flags: {}, errorFlags: [] } as unknown as EngineState
// A bundle, which is an ES module, finds these two where the engine has them.
Object.assign(globalThis, { E: createEngineObject(runtime, state), require: (name: string) => modules[name] })
