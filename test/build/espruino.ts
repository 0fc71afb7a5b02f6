// A real Espruino for Linux, where the machine has one: ESPRUINO names the binary.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const ESPRUINO = process.env.ESPRUINO ?? ''

/** The engine's flash, in the folder that it runs in. */
export const FLASH_FILE = 'espruino.flash'

export interface EspruinoRun { child: ChildProcess, script: string, output: () => string, remove: () => void }

/**
 * Starts a script, with files beside it. The pipe to its input stays open: at the end of its input the engine would
 * read character 255 for ever.
 */
export function startEspruino (script: string, files: Record<string, Uint8Array> = {}): EspruinoRun {
  const folder = mkdtempSync(join(tmpdir(), 'midge-espruino-'))
  for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data)
  writeFileSync(join(folder, 'script.js'), script, 'latin1')
  const child = spawn(ESPRUINO, ['script.js'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.on('data', (data: Buffer) => { text += data.toString('latin1') })
  // The engine's own greeting and the console's cursor movements are no output of the script.
  const output = (): string => text.slice(text.indexOf('Donate') + 6).replace(/\x1b\[J|>\x1b\[J|^\s+/g, '')
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  return { child, script: join(folder, 'script.js'), output, remove }
}

/** Runs a script to its end and answers the lines that it printed. */
export function runEspruino (script: string, timeoutMs = 20_000): Promise<string[]> {
  const run = startEspruino(script)
  return new Promise(resolve => {
    const timer = setTimeout(() => run.child.kill('SIGKILL'), timeoutMs)
    run.child.on('close', () => {
      clearTimeout(timer)
      run.remove()
      const lines = run.output().split(/\r?\n/).map(line => line.replace(/^>?\x08?\s?/, ''))
      resolve(lines.filter(line => line && line !== '>'))
    })
  })
}
