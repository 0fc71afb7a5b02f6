// What the engine has and has not, by name: from the simulator's table, and from what this JavaScript has more.

/** src/simulator/engine_api.ts. @typedef {typeof import('../../../src/simulator/engine_api')} EngineApi */
/** What a rule about names asks. @typedef {ReturnType<typeof engineNames>} EngineNames */

/** Pins are globals too. */
const PIN = /^[A-G]\d{1,2}$/

const PROTOTYPES = [
  Array, String, Number, Object, Function, Date, RegExp, Promise, DataView, ArrayBuffer,
  Object.getPrototypeOf(Uint8Array),
].map(type => type.prototype)

/**
 * The engine's names out of the table.
 * @param {EngineApi} api
 * @param {string[]} [more]  globals that a program has beside the engine's
 */
export function engineNames ({ BOARD_GLOBALS, LANGUAGE_GLOBALS, METHODS, STATICS }, more = []) {
  const globals = new Set([...LANGUAGE_GLOBALS, ...BOARD_GLOBALS, ...more])
  const present = new Set(Object.values(METHODS).flat())
  return {
    STATICS,
    isGlobal: (/** @type {string} */ name) => globals.has(name) || PIN.test(name),
    /** Methods that this JavaScript has and the engine has not, on no type. */
    missingMethods: new Set(PROTOTYPES.flatMap(prototype => Object.getOwnPropertyNames(prototype))
      .filter(name => !present.has(name) && !['constructor', 'keys', 'values', 'entries'].includes(name))),
  }
}
