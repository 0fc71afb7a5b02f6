// Requests to what is under $CONTROL/, as mosquitto has them: commands in JSON, and a response to each.
import { CommandError, type Fields } from './command'
import { isObject, jsonRead } from './state'

/** Does a command; answers what its response has for `data`. Throws a CommandError where it cannot. */
export type Worker = (command: string, fields: Fields) => Fields | undefined

const UNKNOWN = 'Unknown command'

/** Names of commands, by what they are in small letters: they are written without regard to case. */
export const namesOf = (commands: string[]): Map<string, string> =>
  new Map(commands.map((name) => [name.toLowerCase(), name]))

/** The responses to a payload. `names`: the commands that there are. */
export function controlResponses(payload: Uint8Array, names: Map<string, string>, work: Worker): Fields[] {
  let json: unknown
  try {
    json = jsonRead(Buffer.from(payload).toString())
  } catch {
    return [{ command: UNKNOWN, error: 'Payload not valid JSON' }]
  }
  if (!isObject(json) || !Array.isArray(json.commands)) {
    return [{ command: UNKNOWN, error: 'Invalid/missing commands' }]
  }
  return (json.commands as unknown[]).map((command) => response(command, names, work))
}

function response(fields: unknown, names: Map<string, string>, work: Worker): Fields {
  if (!isObject(fields)) return { command: UNKNOWN, error: 'Command not an object' }
  const { command: given, correlationdata: correlationData } = fields
  if (typeof given !== 'string') return { command: UNKNOWN, error: 'Missing command' }
  const command = names.get(given.toLowerCase())
  const head = { command: command ?? given, ...typeof correlationData === 'string' ? { correlationData } : {} }
  if (correlationData !== undefined && typeof correlationData !== 'string') {
    return { ...head, error: 'Invalid correlationData data type.' }
  }
  if (command === undefined) return { ...head, error: UNKNOWN }
  try {
    const data = work(command, fields)
    return { ...head, ...data ? { data } : {} }
  } catch (error) {
    if (error instanceof CommandError) return { ...head, error: error.message }
    throw error
  }
}
