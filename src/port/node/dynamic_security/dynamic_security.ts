// mosquitto's dynamic security: who may come in and do what, changed while the broker runs by commands that clients
// publish to $CONTROL/dynamic-security/v1, as `mosquitto_ctrl dynsec` does, and kept in a file.
import { existsSync, readFileSync } from 'node:fs'
import { replaceFile } from '../configuration/password_file'
import type { Broker, ControlRequest, RealmJudge } from '../library/api'
import { CLIENT_COMMANDS } from './client_commands'
import { CommandError, type Command, type Fields } from './command'
import { type FirstFile, firstFile } from './first_file'
import { GROUP_COMMANDS } from './group_commands'
import { allows, authenticate } from './judge'
import { ROLE_COMMANDS } from './role_commands'
import { type State, isObject, jsonRead, stateRead, stateWrite } from './state'

const TOPIC = '$CONTROL/dynamic-security/v1'
const COMMANDS: Record<string, Command> = { ...CLIENT_COMMANDS, ...GROUP_COMMANDS, ...ROLE_COMMANDS }
/** They are written without regard to case. */
const NAMES = new Map(Object.keys(COMMANDS).map((name) => [name.toLowerCase(), name]))
/** These only tell. */
const TELLS = /^(get|list)/

/** What was done, for the log; there are no passwords in it. */
export type Told = (sentence: string, hasFailed: boolean) => void

export class DynamicSecurity {
  private state: State
  /** What there is to write when it is served, where there was no file. */
  private first: FirstFile | undefined
  readonly judge: RealmJudge = {
    authenticate: (claim) => authenticate(this.state, claim),
    allows: (request) => allows(this.state, request),
  }

  /**
   * Reads the file; one that is not there begins as mosquitto's, with the password of `initFile`. Throws a sentence
   * where one of them is not what it should be.
   */
  constructor(private readonly file: string, private readonly told: Told, initFile?: string) {
    if (!existsSync(file)) this.first = firstFile(initFile)
    this.state = stateRead(this.first?.content ?? readFileSync(file, 'utf8'))
  }

  /** Takes commands from now on. */
  serve(broker: Broker): void {
    if (this.first) this.begin(this.first)
    broker.controlTo((request) => {
      if (request.topic === TOPIC) void this.take(broker, request)
    })
  }

  private begin({ passwords }: FirstFile): void {
    this.first = undefined
    this.save()
    if (passwords !== undefined) replaceFile(`${this.file}.pw`, passwords)
    const where = passwords === undefined ? 'with the password that was given' : `passwords are in ${this.file}.pw`
    this.told(`dynamic security: ${this.file} was not there and is new; ${where}`, false)
  }

  /** Reads the file again; throws where it is not good, and changes nothing. */
  reload(): void {
    this.state = stateRead(readFileSync(this.file, 'utf8'))
  }

  private async take(broker: Broker, request: ControlRequest): Promise<void> {
    const touched = new Set<string | null>()
    const responses = this.answersOf(broker, request, touched)
    broker.rightsChanged()
    await broker.publish(`${TOPIC}/response`, JSON.stringify({ responses })).catch(() => undefined)
    // Whoever has other rights now comes again; when the answer has left.
    if (touched.size) setImmediate(() => broker.disconnect(({ userName }) => touched.has(userName ?? null)))
  }

  private answersOf(broker: Broker, request: ControlRequest, touched: Set<string | null>): Fields[] {
    let json: unknown
    try {
      json = jsonRead(Buffer.from(request.payload).toString())
    } catch {
      return [{ command: 'Unknown command', error: 'Payload not valid JSON' }]
    }
    if (!isObject(json) || !Array.isArray(json.commands)) {
      return [{ command: 'Unknown command', error: 'Invalid/missing commands' }]
    }
    const before = this.state.changeIndex
    const answers = (json.commands as unknown[]).map((command) => {
      const answer = this.answer(broker, request, command, touched)
      if (answer.error === undefined && !TELLS.test(String(answer.command))) this.state.changeIndex++
      return answer
    })
    if (this.state.changeIndex !== before) this.save()
    return answers
  }

  /** Does one command, wholly or not at all. */
  private answer(broker: Broker, request: ControlRequest, fields: unknown, touched: Set<string | null>): Fields {
    if (!isObject(fields)) return { command: 'Unknown command', error: 'Command not an object' }
    const { command: given, correlationdata: correlationData } = fields
    if (typeof given !== 'string') return { command: 'Unknown command', error: 'Missing command' }
    const command = NAMES.get(given.toLowerCase())
    const head = { command: command ?? given, ...typeof correlationData === 'string' ? { correlationData } : {} }
    if (correlationData !== undefined && typeof correlationData !== 'string') {
      return { ...head, error: 'Invalid correlationData data type.' }
    }
    if (command === undefined) return { ...head, error: 'Unknown command' }
    const addressesOf = (userName: string): string[] =>
      broker.clients().filter((client) => client.userName === userName).map(({ address }) => address)
    try {
      const data = COMMANDS[command]({ state: this.state, fields, touched, addressesOf })
      this.tell(request, command, fields)
      return { ...head, ...data ? { data } : {} }
    } catch (error) {
      if (error instanceof CommandError) return { ...head, error: error.message }
      this.told(`dynamic security: ${command} failed: ${(error as Error).message}`, true)
      return { ...head, error: 'Internal error' }
    }
  }

  private tell({ clientIdentifier, userName }: ControlRequest, command: string, fields: Fields): void {
    if (TELLS.test(command)) return
    const about = ['username', 'groupname', 'rolename', 'acltype', 'topic']
      .filter((key) => typeof fields[key] === 'string').map((key) => `${key} ${JSON.stringify(fields[key])}`)
    const who = JSON.stringify(userName ?? clientIdentifier)
    this.told(`dynamic security: ${who} did ${[command, ...about].join(', ')}`, false)
  }

  /** All or nothing; where it cannot be written it goes on with what it has. */
  private save(): void {
    try {
      replaceFile(this.file, stateWrite(this.state))
    } catch (error) {
      this.told(`dynamic security: ${this.file} could not be written: ${(error as Error).message}`, true)
    }
  }
}
