// Whether the hub.js that was chosen does on a board what it says. The check comes with a parser: it is loaded when a
// file was chosen.

import * as api from '../simulator/engine_api'

/** What is wrong with it, a line for each fault; '' where nothing is. */
export async function hubProblem (data: Uint8Array): Promise<string> {
  const { checkHub, hubFaultLines } = await import('../../scripts/build/gate/hub_check.mjs')
  const lines = hubFaultLines('hub.js', checkHub(data, api))
  return lines.length > 0 ? ['mend hub.js first', ...lines].join('\n') : ''
}
