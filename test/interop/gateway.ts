// The built gateway as a process of its own, on a free port of this computer.
import { COMMAND_LINE } from './gateway_build'
import { Program } from './program'

export interface Gateway {
  readonly port: number
  readonly program: Program
  /** mqtt://127.0.0.1:port */
  readonly url: string
}

/** Starts the gateway's command line, listening on any free port unless the parameters say otherwise. */
export async function gatewayStart(...parameters: string[]): Promise<Gateway> {
  const program = new Program(process.execPath, [COMMAND_LINE, '--port', '0', '--verbose', ...parameters])
  const line = await program.line(/ listens on .* port \d+$/)
  const port = Number(/\d+$/.exec(line)![0])
  return { port, program, url: `mqtt://127.0.0.1:${port}` }
}

/** Ends it in order. */
export async function gatewayStop(gateway: Gateway): Promise<void> {
  gateway.program.signal('SIGTERM')
  const { code, errors } = await gateway.program.end()
  if (code !== 0 || errors.length > 0) throw new Error(`the gateway ended with ${code}\n${errors.join('\n')}`)
}
