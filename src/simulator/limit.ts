// Code that does not come to its end, ended from outside.

import { Script, createContext } from 'node:vm'

const room: { run: () => void } = createContext({ run: () => undefined }) as { run: () => void }
const script = new Script('run()')

/**
 * Calls `run`, which may call whatever realms there are, for so many milliseconds of this computer's time. False: it
 * was ended; nothing of it, not even what stands in `finally`, runs on.
 */
export function runWithin (limitMs: number, run: () => void): boolean {
  room.run = run
  try {
    script.runInContext(room, { timeout: limitMs })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false
    throw error
  }
}
