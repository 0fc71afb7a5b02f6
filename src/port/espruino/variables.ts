// An eye on the engine's variables.

/** Variables of the engine that must be free for another connection: its objects, and a queue of TX_CREDIT_SIZE. */
const VARIABLES_FREE_MIN = 300

interface Engine { memory(isCollected: boolean): { free: number } }

/** New connections are refused. */
export let isMemoryLow = false

export function variablesLook(): void {
  isMemoryLow = (process as unknown as Engine).memory(false).free < VARIABLES_FREE_MIN
}
