// What tests of go-auth's options begin with: users as its tool writes them, a gateway, and a server that is asked.
import { pbkdf2Sync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { COMMAND_LINE } from '../interop/gateway_build'
import { type Client, clientsEnd } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { brokersEnd, folderMake } from './library'

const servers: Server[] = []

export async function partsEnd(): Promise<void> {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
  for (const server of servers.splice(0)) server.close()
}

/** A user's line as go-auth's `pw` writes it. */
export function userOf(name: string, password: string, digest = 'sha512'): string {
  const salt = Buffer.from('sixteen bytes !!')
  const hash = pbkdf2Sync(password, salt, 1_000, 32, digest).toString('base64')
  return `${name}:PBKDF2$${digest}$1000$${salt.toString('base64')}$${hash}\n`
}

/** A gateway; other files stand beside its configuration, and @ stands for their folder. */
export async function gatewayStart(
  lines: string, files: Record<string, string> = {},
): Promise<{ program: Program, url: string, folder: string }> {
  const folder = folderMake(files)
  const path = join(folder, 'm.conf')
  writeFileSync(path, lines.replaceAll('@', folder))
  const program = new Program(process.execPath, [COMMAND_LINE, '-c', path])
  return { program, folder, url: `mqtt://127.0.0.1:${/port (\d+)/.exec(await program.line(/listens/))![1]}` }
}

/** The Reason Code of what is published. */
export const publish = async (client: Client, topic: string): Promise<number> =>
  client.publish(topic, 'x', { qos: 1 }).then(() => 0, ({ code }: { code: number }) => code)

/** What a server was asked: the path, and the body's fields. */
export type Asked = Record<string, unknown>

/** A server that is asked. `answer` gives its status, and the body where there is one. Its port. */
export async function serverStart(answer: (asked: Asked) => [status: number, body?: string]): Promise<number> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => { body += String(part) })
    request.on('end', () => {
      const isJson = request.headers['content-type'] === 'application/json'
      const fields = isJson ? JSON.parse(body) as object : Object.fromEntries(new URLSearchParams(body))
      const [status, text] = answer({ path: request.url, ...fields })
      response.writeHead(status).end(text)
    })
  })
  servers.push(server)
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done) })
  return (server.address() as AddressInfo).port
}
