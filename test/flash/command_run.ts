// Commands of package.json as processes.
import { spawn } from 'node:child_process'

export interface Ended { code: number | null, output: string }

/** Runs scripts/<name>.mjs to its end; `hear` gets its output as it grows, and the way to end it as Ctrl-C would. */
export function runScript (
  name: string, options: string[], hear: (output: string, interrupt: () => void) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, [`scripts/${name}.mjs`, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString()
      hear(output, () => child.kill('SIGINT'))
    })
  }
  return new Promise(resolve => child.on('close', code => resolve({ code, output })))
}
