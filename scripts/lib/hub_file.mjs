// An owner's hub.js on its way to a board, from the terminal.
import { checkHub, hubFaultLines } from '../build/gate/hub_check.mjs'
import { moduleOf } from './node_module.mjs'

/** The table of what the engine has. */
export const ENGINE_API = 'src/simulator/engine_api.ts'

/**
 * What is wrong with a file that is to be hub.js, a sentence a line; '' where nothing is.
 * @param {string} file
 * @param {Uint8Array} data
 */
export const hubProblem = async (file, data) =>
  hubFaultLines(file, checkHub(data, await moduleOf(ENGINE_API))).join('\n')
