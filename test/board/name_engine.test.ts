// The extension m.name in the real interpreter, which ESPRUINO names: a socket of its own, in the group of mDNS.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import dnsPacket, { type DecodedPacket } from 'dns-packet'
import { expect, it } from 'vitest'
import { bundleBoard } from '../../scripts/build/bundle.mjs'
import { extensionOptions } from '../../scripts/build/edition.mjs'
import { storageWrite, WIFI_STAND_IN } from '../../scripts/lib/espruino.mjs'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { ESPRUINO, startEspruino } from '../build/espruino'
import { bundleText } from '../support/board_bundle'
import { distExtensions } from '../support/extensions'
import { PATIENCE_MS } from '../support/patience'

const GROUP = '224.0.0.251'
const SERVICE = '_mqtt._tcp.local'
const SETTINGS = { wifi_ssid: 'home', wifi_password: 'secret123', hostname: 'hall', mdns: true }

/** A socket on this computer alone, and what comes there. */
async function listen(): Promise<{ socket: Socket, next: () => Promise<DecodedPacket> }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  socket.setMulticastInterface('127.0.0.1')
  const heard: DecodedPacket[] = []
  socket.on('message', (data) => { heard.push(dnsPacket.decode(data)) })
  async function next(): Promise<DecodedPacket> {
    if (!heard.length) await once(socket, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) })
    return heard.shift()!
  }
  return { socket, next }
}

/** The extension with a port that nobody has; and what is for all comes to the test and to no network. */
async function nameWith(namesPort: number, allPort: number): Promise<string> {
  const file = 'src/hub/name/responder.ts'
  const text = readFileSync(file, 'utf8')
  const sources = {
    [file]: text.replace('PORT = 5_353', `PORT = ${namesPort}`).replace('PORT, GROUP)', `${allPort}, '127.0.0.1')`),
  }
  const { 'm.name': options } = await extensionOptions('esp32')
  const { code } = await bundleBoard('esp32', { ...options, sources })
  expect(code).toContain(`,${allPort},"127.0.0.1")`)
  expect(code).toContain(`.bind(${namesPort})`)
  return code
}

it.skipIf(!ESPRUINO)('asks for its name, announces it and answers to who asks the group', async () => {
  const [port, namesPort] = [await freePort(), await freePort()]
  const [all, asker] = [await listen(), await listen()]
  const files: Record<string, string> = {
    'midge.json': JSON.stringify({ ...SETTINGS, port }), ...await distExtensions(SETTINGS),
    'm.name': await nameWith(namesPort, all.socket.address().port),
  }
  const writes = Object.entries(files).map(([name, data]) => storageWrite(name, data)).join('')
  const run = startEspruino(`${writes}${WIFI_STAND_IN}${bundleText('esp32')}`)
  let again: NodeJS.Timeout | undefined
  try {
    for (let probe = 0; probe < 3; probe++) {
      expect(await all.next()).toMatchObject({ type: 'query', questions: [{ name: 'hall.local', type: 'ANY' }, {}] })
    }
    const announcement = {
      type: 'response', answers: [
        { name: SERVICE, type: 'PTR', data: `hall.${SERVICE}` }, { type: 'PTR', data: SERVICE },
        { type: 'SRV', data: { port, target: 'hall.local' } }, { type: 'TXT' },
        { name: 'hall.local', type: 'A', data: '127.0.0.1' },
      ],
    }
    expect(await all.next()).toMatchObject(announcement)
    expect(await all.next()).toMatchObject(announcement)
    const query = dnsPacket.encode({ type: 'query', id: 77, questions: [{ name: 'HALL.local', type: 'A' }] })
    for (let size = 1; size < query.length; size++) asker.socket.send(query.subarray(0, size), namesPort, GROUP)
    again = setInterval(() => asker.socket.send(query, namesPort, GROUP), 250)
    expect(await asker.next()).toMatchObject({
      id: 77, questions: [{ name: 'HALL.local', type: 'A' }],
      answers: [{ name: 'hall.local', ttl: 10, data: '127.0.0.1' }],
    })
    expect(run.output()).toContain('mDNS: hall._mqtt._tcp.local on hall.local')
    expect(run.output()).not.toMatch(/error|Uncaught/i)
  } finally {
    clearInterval(again)
    run.child.kill('SIGKILL')
    run.remove()
    all.socket.close()
    asker.socket.close()
  }
})
