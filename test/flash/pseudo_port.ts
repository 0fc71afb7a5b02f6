// A serial port of this computer that tests own the other end of.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { isInstalled } from '../interop/program'

/** Whether there can be one: pseudo-terminals come from Python's standard library, where the system has them. */
export const HAS_PSEUDO_TERMINAL = isInstalled(0, 'python3', '-c', 'import os, tty; os.openpty()')

const RELAY = fileURLToPath(new URL('pseudo_terminal.py', import.meta.url))

export class PseudoPort {
  private constructor (
    private readonly relay: ChildProcessByStdio<Writable, Readable, null>, readonly path: string,
  ) {}

  /** Opens one; `receive` hears what is written to it. */
  static async open (receive: (bytes: Uint8Array) => void): Promise<PseudoPort> {
    const relay = spawn('python3', [RELAY], { stdio: ['pipe', 'pipe', 'inherit'] })
    const path = await new Promise<string>(resolve => {
      relay.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()))
    })
    relay.stdout.on('data', (data: Buffer) => receive(new Uint8Array(data)))
    relay.stdin.on('error', () => undefined)
    return new PseudoPort(relay, path)
  }

  send (bytes: Uint8Array): void {
    this.relay.stdin.write(bytes)
  }

  /** The cable comes out. */
  async close (): Promise<void> {
    if (this.relay.exitCode !== null) return
    const isOver = new Promise(resolve => this.relay.once('close', resolve))
    this.relay.stdin.end()
    await isOver
  }
}
