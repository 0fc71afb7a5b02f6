// The gateway and mosquitto side by side, each started with the same file.
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { COMMAND_LINE } from '../interop/gateway_build'
import { MOSQUITTO } from '../interop/optional'
import { Program } from '../interop/program'
import { PATIENCE_MS } from '../support/patience'

/** Whether mosquitto is there to be compared with. */
export const hasMosquitto = MOSQUITTO !== undefined

/** Lets whoever a broker becomes read and write what is in a folder. */
function openToAll(path: string): void {
  const isFolder = statSync(path).isDirectory()
  chmodSync(path, isFolder ? 0o777 : 0o666)
  if (isFolder) for (const name of readdirSync(path)) openToAll(join(path, name))
}

/** Lines with names of ports, PORT_A and so on, as one broker of its own is to read them. */
async function portsGive(lines: string): Promise<{ text: string, ports: Record<string, number> }> {
  const names = [...new Set(lines.match(/\bPORT_\w+/g) ?? [])]
  const ports: Record<string, number> = {}
  for (const name of names) ports[name] = await freePort()
  return { text: lines.replace(/\bPORT_\w+/g, (name) => String(ports[name])), ports }
}

async function listens(program: Program, port: number): Promise<void> {
  const limit = Date.now() + PATIENCE_MS
  while (Date.now() < limit) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true, () => false), program.end().then(() => null),
    ])
    socket.destroy()
    if (isThere) return
    if (isThere === null) break
    await sleep(50)
  }
  const { lines, errors } = await program.end()
  throw new Error(`nobody listens on port ${port}\n${[...lines, ...errors].join('\n')}`)
}

export type Broker = 'midge' | 'mosquitto'

/**
 * Starts a broker with lines of mosquitto.conf, in which @ stands for `folder` and PORT_A and the like for ports.
 * `hasNoListener`: PORT_A is said on the command line. Answers the ports, when they are open.
 */
export async function start(
  broker: Broker, folder: string, lines: string, hasNoListener = false,
): Promise<{ program: Program, ports: Record<string, number> }> {
  const { text, ports } = await portsGive(lines.replaceAll('@', folder))
  if (hasNoListener) ports.PORT_A = await freePort()
  const file = join(folder, `${broker}.conf`)
  writeFileSync(file, text)
  openToAll(folder)
  const more = hasNoListener ? ['-p', String(ports.PORT_A)] : []
  const program = broker === 'midge'
    ? new Program(process.execPath, [COMMAND_LINE, '-c', file, ...more])
    : new Program(MOSQUITTO!, ['-c', file, ...more])
  for (const port of Object.values(ports)) await listens(program, port)
  return { program, ports }
}
