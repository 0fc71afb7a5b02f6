// `npm start` as a process.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))

export class StartRun {
  readonly child: ChildProcess
  /** All that it has printed. */
  said = ''
  /** The port on which it listens, once it does; 0: it has ended. */
  readonly port: Promise<number>

  constructor(...options: string[]) {
    const child = this.child = spawn(process.execPath, [START, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stderr.on('data', (data: Buffer) => { this.said += data.toString() })
    this.port = new Promise((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        this.said += data.toString()
        const [, port] = /listens on .+, port (\d+)\n[^]*try .*\n/.exec(this.said) ?? []
        if (port) resolve(Number(port))
      })
      child.once('close', () => resolve(0))
    })
  }

  /** Ends it, where it has not ended by itself. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'close')
    this.child.kill(signal)
    await ended
  }
}
