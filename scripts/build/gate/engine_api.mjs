// The simulator's table of what the engine has, for programs of Node's that are not built.
import { readFileSync } from 'node:fs'
import { stripTypes } from '../typescript.mjs'

const file = new URL('../../../src/simulator/engine_api.ts', import.meta.url)
const code = stripTypes(readFileSync(file, 'utf8'), 'engine_api.ts')

/** @type {import('./engine_names.mjs').EngineApi} */
export const engineApi = await import(`data:text/javascript,${encodeURIComponent(code)}`)
