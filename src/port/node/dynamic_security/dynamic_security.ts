// mosquitto's dynamic security: who may come in and do what, changed while the broker runs by commands that clients
// publish to $CONTROL/dynamic-security/v1, as `mosquitto_ctrl dynsec` does, and kept in a file.
import { existsSync, readFileSync } from 'node:fs'
import { replaceFile } from '../configuration/password_file'
import type { Broker, ControlRequest, RealmJudge } from '../library/api'
import { CLIENT_COMMANDS } from './client_commands'
import { CommandError, type Command, type Fields, type Work } from './command'
import { controlResponses, namesOf } from './control_request'
import { type FirstFile, firstFile } from './first_file'
import { GROUP_COMMANDS } from './group_commands'
import { allows, authenticate } from './judge'
import { ROLE_COMMANDS } from './role_commands'
import { type State, stateRead, stateWrite } from './state'

const COMMANDS: Record<string, Command> = { ...CLIENT_COMMANDS, ...GROUP_COMMANDS, ...ROLE_COMMANDS }
const NAMES = namesOf(Object.keys(COMMANDS))
/** These only tell. */
const TELLS = /^(get|list)/

/** What was done, for the log; there are no passwords in it. */
export type Told = (sentence: string, hasFailed: boolean) => void

export class DynamicSecurity {
  private state: State
  /** What there is to write when it begins, where there was no file. */
  private first: FirstFile | undefined
  /** Where its commands are published to. */
  readonly topic = '$CONTROL/dynamic-security/v1'
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

  /** Writes the file where there was none; commands may come from now on. */
  begin(): void {
    if (!this.first) return
    const { passwords } = this.first
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

  /** Does what a request asks for, and answers. */
  async take(broker: Broker, request: ControlRequest): Promise<void> {
    const touched = new Set<string | null>()
    const responses = this.responsesTo(broker, request, touched)
    broker.rightsChanged()
    await broker.publish(`${this.topic}/response`, JSON.stringify({ responses })).catch(() => undefined)
    // Whoever has other rights now comes again; when the answer has left.
    if (touched.size) setImmediate(() => broker.disconnect(({ userName }) => touched.has(userName ?? null)))
  }

  private responsesTo(broker: Broker, request: ControlRequest, touched: Set<string | null>): Fields[] {
    const before = this.state.changeIndex
    const addressesOf = (userName: string): string[] =>
      broker.clients().filter((client) => client.userName === userName).map(({ address }) => address)
    const responses = controlResponses(request.payload, NAMES, (command, fields) => {
      const data = this.work(command, { state: this.state, fields, touched, addressesOf })
      this.tell(request, command, fields)
      if (!TELLS.test(command)) this.state.changeIndex++
      return data
    })
    if (this.state.changeIndex !== before) this.save()
    return responses
  }

  /** Does one command, wholly or not at all. */
  private work(command: string, work: Work): Fields | undefined {
    try {
      return COMMANDS[command](work)
    } catch (error) {
      if (error instanceof CommandError) throw error
      this.told(`dynamic security: ${command} failed: ${(error as Error).message}`, true)
      throw new CommandError('Internal error')
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
