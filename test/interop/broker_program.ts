// Programs that are brokers with a configuration of their own, which can be killed and started again: the gateway, and
// mosquitto.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMMAND_LINE } from './gateway_build'
import { MOSQUITTO } from './optional'
import { Program, programsEnd } from './program'

const folders: string[] = []

/** Ends them, and takes their folders away. */
export async function brokerProgramsEnd(): Promise<void> {
  await programsEnd()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A folder that goes when they end. */
export const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'midge-bridge-'))
  folders.push(folder)
  return folder
}

/** One of them. */
export class BrokerProgram {
  private program!: Program
  private readonly file: string

  constructor(private readonly kind: 'midge' | 'mosquitto', readonly port: number, lines: string[]) {
    const folder = scratch()
    this.file = join(folder, 'm.conf')
    writeFileSync(this.file, [
      `listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence true', `persistence_location ${folder}/`,
      'max_queued_messages 1000', 'max_inflight_messages 20', ...kind === 'mosquitto' ? ['log_dest stdout'] : [],
      ...lines, '',
    ].join('\n'))
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    this.program = this.kind === 'midge'
      ? new Program(process.execPath, [COMMAND_LINE, '--config', this.file])
      : new Program('stdbuf', ['-oL', MOSQUITTO!, '-c', this.file])
    await this.program.line(this.kind === 'midge' ? / listens on / : /mosquitto version .* running/)
  }

  async kill(): Promise<void> {
    this.program.signal('SIGKILL')
    await this.program.end()
  }

  get pid(): number {
    return this.program.pid
  }

  line(pattern: RegExp): Promise<string> {
    return this.program.line(pattern)
  }
}
