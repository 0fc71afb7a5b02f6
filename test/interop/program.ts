// A program that a test runs: its lines as they come, its end, and nothing left behind when the test is over.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { PATIENCE_MS } from '../support/patience'

const running = new Set<Program>()

/** What a program was asked to do and how it ended. */
export interface Outcome {
  code: number | null
  lines: string[]
  errors: string[]
}

/** Calls `take` with each whole line of a stream, and with what is left at its end. */
function splitLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    lines.forEach(take)
  })
  stream.on('end', () => {
    if (rest) take(rest)
  })
}

export class Program {
  /** Standard output. */
  readonly lines: string[] = []
  /** Standard error. */
  readonly errors: string[] = []
  private readonly child: ChildProcess
  private readonly ended: Promise<number | null>
  private hasEnded = false
  private onChange: () => void = () => {}

  constructor(private readonly command: string, private readonly parameters: string[]) {
    this.child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
    splitLines(this.child.stdout!, (line) => this.take(this.lines, line))
    splitLines(this.child.stderr!, (line) => this.take(this.errors, line))
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', (code) => {
        this.hasEnded = true
        running.delete(this)
        this.onChange()
        resolve(code)
      })
    })
    running.add(this)
  }

  private take(target: string[], line: string): void {
    target.push(line)
    this.onChange()
  }

  get pid(): number {
    return this.child.pid!
  }

  /** Waits for a line of the output or of the errors that fits; answers it. */
  async line(pattern: RegExp): Promise<string> {
    return (await this.count(pattern, 1))[0]
  }

  /** Waits for a number of lines that fit; answers all that do. */
  async count(pattern: RegExp, count: number): Promise<string[]> {
    const fitting = (): string[] => [...this.lines, ...this.errors].filter((line) => pattern.test(line))
    await this.until(() => fitting().length >= count, `${count} times ${pattern}`)
    return fitting()
  }

  private until(condition: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${this.label()} ${why} before ${what}\n${this.output()}`))
      const timer = setTimeout(() => fail('was silent too long'), PATIENCE_MS)
      this.onChange = () => {
        if (!condition() && !this.hasEnded) return
        clearTimeout(timer)
        if (condition()) resolve()
        else fail('ended')
      }
      this.onChange()
    })
  }

  /** Sends a signal to this program alone. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  /** Waits for its end. */
  async end(): Promise<Outcome> {
    return { code: await this.ended, lines: this.lines, errors: this.errors }
  }

  private label(): string {
    return [this.command, ...this.parameters].join(' ')
  }

  private output(): string {
    return [...this.lines, ...this.errors].join('\n')
  }
}

/** Runs a program to its end, which must be a good one; answers the lines of its output. */
export async function run(command: string, ...parameters: string[]): Promise<string[]> {
  const { code, lines, errors } = await new Program(command, parameters).end()
  if (code === 0) return lines
  throw new Error(`${command} ${parameters.join(' ')} ended with ${code}\n${[...lines, ...errors].join('\n')}`)
}

/** Ends every program that is still running; for afterEach. */
export async function programsEnd(): Promise<void> {
  const left = [...running]
  for (const program of left) program.signal('SIGKILL')
  await Promise.all(left.map((program) => program.end()))
}

/** Whether a program is there and ends with `status` when it is called so. */
export function isInstalled(status: number, command: string, ...parameters: string[]): boolean {
  return spawnSync(command, parameters, { stdio: 'ignore', timeout: PATIENCE_MS }).status === status
}
