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

/** What is typed once a text is there, in order; each text is looked for behind what was there at the one before. */
export type Answers = [text: string, typed: string][]

/** The same at a terminal (python3), with a user who answers; `left` are the answers that nobody asked for. */
export async function runAtTerminal (
  name: string, options: string[], answers: Answers, hear: Hear = () => undefined,
): Promise<Ended & { left: Answers }> {
  const left = [...answers]
  let from = 0
  const ended = await runProgram('python3', [
    '-c', 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))',
    process.execPath, `scripts/${name}.mjs`, ...options,
  ], {}, (output, interrupt, type) => {
    hear(output, interrupt, type)
    const [next] = left
    if (!next || !output.includes(next[0], from)) return
    from = output.length
    left.shift()
    type(next[1])
  })
  return { ...ended, left }
}
