// The extension m.rescue in the real interpreter, which ESPRUINO names: its access point's web server and names, over
// TCP and UDP. A computer has no Wi-Fi: a module stands in for the firmware's, with a network and a scan of it.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect as tcpConnect } from 'node:net'
import dnsPacket from 'dns-packet'
import { expect, it } from 'vitest'
import { storageWrite } from '../../scripts/lib/espruino.mjs'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { ESPRUINO, type EspruinoRun, startEspruino } from '../build/espruino'
import { bundleText } from '../support/board_bundle'
import { distExtensions } from '../support/extensions'
import { PATIENCE_MS } from '../support/patience'

/** What the firmware has of Wi-Fi: a network of that name and password. */
const WIFI = `var w={},h={};
function tell(e,d){setTimeout(function(){(h[e]||[]).forEach(function(f){f(d)})},20)}
exports.on=function(e,f){(h[e]=h[e]||[]).push(f)};
exports.setHostname=function(){};
exports.getAPIP=function(){return {ip:"127.0.0.1",mac:"24:0a:c4:00:00:02"}};
exports.startAP=function(n,o){print("POINT "+n+" "+o.password)};
exports.stopAP=function(){print("POINT closed")};
exports.scan=function(f){setTimeout(f,20,[{ssid:"home",rssi:-40,authMode:"wpa2"},{ssid:"<b>\\xff",rssi:-30}])};
exports.connect=function(n,o){
  if(n=="home"&&o.password=="new secret")tell("connected",{ip:"127.0.0.1"});
  else tell("disconnected",{msg:"AUTH_EXPIRE"})};`

const SETTINGS = { wifi_ap_password: 'on the fridge' }

/** Waits until a run has printed it. */
async function said(run: EspruinoRun, pattern: RegExp): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (!pattern.test(run.output())) {
    if (performance.now() > endMs) throw new Error(`it does not say ${String(pattern)}:\n${run.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function request(port: number, text: string): Promise<string> {
  const socket = tcpConnect(port, '127.0.0.1')
  const parts: Buffer[] = []
  socket.on('data', (data: Buffer) => { parts.push(data) })
  socket.write(text, 'latin1')
  await once(socket, 'close')
  return Buffer.concat(parts).toString('latin1')
}

async function resolve(port: number, query: Buffer): Promise<ReturnType<typeof dnsPacket.decode>> {
  const socket = createSocket('udp4')
  const again = setInterval(() => socket.send(query, port, '127.0.0.1'), 250)
  try {
    const [data] = await once(socket, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) }) as [Buffer]
    return dnsPacket.decode(data)
  } finally {
    clearInterval(again)
    socket.close()
  }
}

it.skipIf(!ESPRUINO)('has a phone choose another network', async () => {
  const [port, pagePort, namesPort] = [await freePort(), await freePort(), await freePort()]
  const files: Record<string, string> = {
    'midge.json': JSON.stringify({ ...SETTINGS, port }), ...await distExtensions(SETTINGS),
  }
  // Ports below 1,024 are not for everybody.
  files['m.rescue'] = files['m.rescue'].replace('.listen(80)', `.listen(${pagePort})`)
    .replace('.bind(53)', `.bind(${namesPort})`)
  expect(files['m.rescue']).toContain(`(${namesPort})`)
  expect(files['m.rescue']).toContain(`(${pagePort})`)
  const writes = Object.entries(files).map(([name, data]) => storageWrite(name, data)).join('')
  const run = startEspruino(`${writes}Modules.addCached("Wifi",${JSON.stringify(WIFI)});${bundleText('esp32')}`)
  try {
    await said(run, /POINT midge-0002 on the fridge[^]*another network can be chosen at http:\/\/127\.0\.0\.1/)
    const name = 'connectivitycheck.gstatic.com'
    const answer = await resolve(namesPort, dnsPacket.encode({ id: 1, questions: [{ type: 'A', name }] }))
    expect(answer.answers).toMatchObject([{ name, type: 'A', data: '127.0.0.1' }])
    expect(await request(pagePort, `GET /generate_204 HTTP/1.1\r\nHost: ${name}\r\n\r\n`))
      .toMatch(/^HTTP\/1\.1 302 Found\r\n[^]*\r\nLocation: http:\/\/127\.0\.0\.1\/\r\n/)
    const page = await request(pagePort, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    expect(page).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(page).toMatch(/value="3c623eff"> &#60;b&#62;\xff.*value="686f6d65"> home/)
    expect(page.split('\r\n\r\n')[1].length).toBe(Number(/Content-Length: (\d+)/.exec(page)![1]))
    const post = (body: string): Promise<string> => request(pagePort,
      `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    expect(await post('n=&o=K%C3%BCche&p=short')).toMatch(/^HTTP\/1\.1 400 [^]*has 8 to 63 bytes/)
    expect(await post('n=686f6d65&o=&p=new+secret')).toMatch(/^HTTP\/1\.1 200 [^]*joins <b>home<\/b> now/)
    await said(run, /POINT closed[^]*Wi-Fi connected, address/)
    // What it listened on is free again.
    const other = createSocket('udp4').bind(namesPort)
    await once(other, 'listening')
    other.close()
    await expect(request(pagePort, 'x')).rejects.toThrow('ECONNREFUSED')
    expect(run.output()).not.toMatch(/error|Uncaught/i)
  } finally {
    run.child.kill('SIGKILL')
    run.remove()
  }
})
