// Commands of package.json as processes.
import { spawn } from 'node:child_process'

export interface Ended { code: number | null, output: string }

/** Hears a command's output as it grows; can end it as Ctrl-C would, and type. */
export type Hear = (output: string, interrupt: () => void, type: (text: string) => void) => void

/** Runs a program to its end; `environment` is added to that of the tests. */
export function runProgram (
  program: string, options: string[], environment: Record<string, string>, hear: Hear = () => undefined,
): Promise<Ended> {
  const child = spawn(program, options, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...environment } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString()
      hear(output, () => child.kill('SIGINT'), text => child.stdin.write(text))
    })
  }
  return new Promise(resolve => child.on('close', code => resolve({ code, output })))
}

/** Runs scripts/<name>.mjs to its end. */
export const runScript = (name: string, options: string[], hear?: Hear): Promise<Ended> =>
  runProgram(process.execPath, [`scripts/${name}.mjs`, ...options], {}, hear)
