// A real interpreter, which ESPRUINO names, that runs the bundle in its Storage as a board does, and whose flash
// outlives it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ESPRUINO, FLASH_FILE } from '../build/espruino'
import { PATIENCE_MS } from '../support/patience'

const PROGRAM = 'eval(require("Storage").read(".bootcde"));'

const isOpen = (port: number): Promise<boolean> => new Promise(resolve => {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.once('connect', () => {
    socket.destroy()
    resolve(true)
  })
  socket.once('error', () => resolve(false))
})

export class StorageEngine {
  private readonly folder = mkdtempSync(join(tmpdir(), 'midge-engine-'))
  private child?: ChildProcess
  private text = ''

  /** `storage` is what is in its flash at first. */
  constructor (storage: Uint8Array) {
    writeFileSync(join(this.folder, FLASH_FILE), storage)
  }

  /** `before` is a program that runs in front of the bundle. */
  start (before = ''): void {
    this.text = ''
    writeFileSync(join(this.folder, 'program.js'), before + PROGRAM)
    // Its input stays open: at the end of it the interpreter would read the same character for ever.
    this.child = spawn(ESPRUINO, ['program.js'], { cwd: this.folder, stdio: ['pipe', 'pipe', 'ignore'] })
    this.child.stdout!.on('data', (data: Buffer) => { this.text += data.toString('latin1') })
  }

  /** Waits until it has printed this. */
  async until (words: string): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS
    while (!this.text.includes(words)) {
      if (performance.now() > endMs) throw new Error(`"${words}" does not come:\n${this.text.slice(-500)}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  /** Waits until its broker answers at this port. */
  async untilItListens (port: number): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS
    while (!await isOpen(port)) {
      if (performance.now() > endMs) throw new Error(`nobody listens:\n${this.text.slice(-500)}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  /** What a power cut is to a board. */
  async cut (): Promise<void> {
    const ended = once(this.child!, 'close')
    this.child!.kill('SIGKILL')
    await ended
  }

  end (): void {
    this.child?.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}
