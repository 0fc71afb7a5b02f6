import { describe, expect, it } from 'vitest'
import { LiveDriver } from '../../src/simulator/live_driver'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { connect } from 'node:net'
import { boot, server } from './boot'

describe('a simulated board', () => {
  it('runs its boot files in order, .bootPowerOn at power-on only', () => {
    const names = ['.bootPowerOn', '.boot0', '.boot1', '.boot2', '.boot3', '.bootcde']
    const files = Object.fromEntries(names.map(name => [name, `print(${JSON.stringify(name)})`]))
    const main = 'print(".bootcde"); function onInit () { print("onInit") }'
    const driver = new VirtualDriver({ files: { ...files, '.bootcde': main } })
    driver.start()
    expect(driver.board.output).toEqual([...names, 'onInit'])
    driver.board.output.length = 0
    driver.board.evaluate('E.reboot()')
    expect(driver.board.output).toEqual(['restart: reboot', ...names.slice(1), 'onInit'])
    expect(driver.board.starts).toBe(2)
  })

  it('runs .bootrst instead of .bootcde', () => {
    const driver = new VirtualDriver({ files: { '.bootrst': 'print("rst")', '.bootcde': 'print("cde")' } })
    driver.start()
    expect(driver.board.output).toEqual(['rst'])
  })

  it('loads modules from Storage, once, each in a scope of its own', () => {
    const files = { mod: 'var hidden = 1; print("loaded"); exports.f = function () { return hidden++ }' }
    const driver = boot(`print(require("mod").f(), require("mod").f(), typeof hidden);
      try { require("no") } catch (e) { print(e.message) }`, { files })
    expect(driver.board.output).toEqual(['loaded', '1 2 undefined', 'Module "no" not found'])
  })

  it('keeps intervals from drifting', () => {
    const driver = boot('setInterval(function () { print(Math.round(getTime() * 1000)) }, 100)')
    driver.advance(350)
    expect(driver.board.output).toEqual(['100', '200', '300'])
  })

  it('clears and changes timers', () => {
    const driver = boot(`var a = setTimeout(function () { print("never") }, 50); clearTimeout(a);
      var n = 0, b = setInterval(function () { print("b"); if (++n === 2) changeInterval(b, 500) }, 10);
      setTimeout(function (x) { print(x) }, 5, "arg")`)
    driver.advance(100)
    expect(driver.board.output).toEqual(['arg', 'b', 'b'])
    driver.advance(500)
    expect(driver.board.output).toEqual(['arg', 'b', 'b', 'b'])
  })

  it('starts again when its watchdog is not kicked', () => {
    const driver = boot('E.enableWatchdog(5, false); print("up")')
    driver.advance(4_000)
    driver.board.evaluate('E.kickWatchdog()')
    driver.advance(4_000)
    expect(driver.board.starts).toBe(1)
    driver.advance(2_000)
    expect(driver.board.output).toEqual(['up', 'restart: watchdog', 'up'])
  })

  it('leaves its peers without a word when the power goes', () => {
    const driver = boot(server('c.write("x")'))
    const peer = driver.connect(1883)!
    driver.settle()
    driver.board.powerOff()
    expect(peer.closed).toBe(false)
    expect(peer.lost).toBe(true)
  })

  it('reports uncaught errors to a listener, and saves the first when asked', () => {
    const driver = boot(`E.setFlags({onErrorSave: true});
      process.on("uncaughtException", function (e) { print("caught " + e.message) });
      setTimeout(function () { throw new Error("one") }, 1)`)
    driver.advance(10)
    expect(driver.board.output).toEqual(['caught one'])
    expect(driver.board.evaluate('require("Storage").read("ERROR")')).toContain('one')
  })

  it('counts its queues as memory', () => {
    const driver = boot(server('c.write("x".repeat(10000))'), { heapTotal: 4_000, heapUsed: 1_000 })
    driver.connect(1883)!.reading = false
    driver.settle()
    expect(driver.board.evaluate('process.memory().usage')).toBe(1_000 + Math.ceil((10_000 - 5_744) / 10))
  })

  it('writes, reads and watches pins', () => {
    const driver = boot(`digitalWrite(D2, 1);
      setWatch(function (e) { print(e.state) }, D0, {repeat: true, edge: "falling"})`)
    expect(driver.board.pins.levels[2]).toBe(1)
    driver.board.pins.input(0, 1)
    driver.board.pins.input(0, 0)
    driver.settle()
    expect(driver.board.output).toEqual(['false'])
    expect(driver.board.evaluate('digitalRead(D2)')).toBe(1)
  })

  it('serves a computer in real time', async () => {
    const program = server('c.on("data", function (d) { c.write("<" + d + ">"); c.end() })')
    const live = new LiveDriver({ files: { '.bootcde': program } })
    live.start()
    const port = await live.listen(1883)
    const answer = await new Promise<string>((resolve, reject) => {
      let received = ''
      const socket = connect(port, '127.0.0.1', () => socket.write('hello'))
      socket.on('data', data => { received += data.toString() })
      socket.on('close', () => resolve(received))
      socket.on('error', reject)
    })
    live.close()
    expect(answer).toBe('<hello>')
  })

  it('resets a computer that goes on sending to a socket that the board has closed', async () => {
    const program = server('c.on("data", function () { c.write("bye"); c.end() })')
    const live = new LiveDriver({ files: { '.bootcde': program } })
    live.start()
    const socket = connect({ port: await live.listen(1883), host: '127.0.0.1', allowHalfOpen: true })
    const sending = setInterval(() => socket.write('x'.repeat(1_000)), 5)
    let received = ''
    socket.on('data', data => { received += data.toString() })
    const error = await new Promise<NodeJS.ErrnoException>(resolve => socket.once('error', resolve))
    clearInterval(sending)
    live.close()
    expect(received).toBe('bye')
    expect(['ECONNRESET', 'EPIPE']).toContain(error.code)
  })
})

describe('Wi-Fi', () => {
  const program = `var w = require("Wifi"); w.on("connected", function (i) { print("connected " + i.ip) });
    w.on("disconnected", function (d) { print("disconnected " + d.msg) });`

  it('connects, and tells by event and callback', () => {
    const driver = boot(program + 'w.connect("home", {password: "secret12"}, function (e) { print("done " + e) })',
      { networks: { home: 'secret12' } })
    driver.advance(2_000)
    expect(driver.board.output).toEqual(['connected 192.168.1.50', 'done null'])
  })

  it('gives up after three tries and stays down', () => {
    const driver = boot(program + 'w.connect("home", {password: "wrong"}, function (e) { print("done " + e) })',
      { networks: { home: 'secret12' } })
    driver.advance(60_000)
    expect(driver.board.output).toEqual(['disconnected WRONG_KEY', 'done WRONG_KEY'])
  })

  it('loses the link without a word to any socket', () => {
    const networks: Record<string, string> = { home: '' }
    const driver = boot(program + 'w.connect("home");' + server(`c.on("close", function () { print("close") });
      setInterval(function () { c.write("x") }, 1000)`), { networks })
    driver.advance(1_000)
    const peer = driver.connect(1883)!
    driver.advance(1_500)
    expect(peer.take().length).toBe(1)
    delete networks.home
    driver.board.wifi.lose()
    driver.advance(30_000)
    expect(peer.take().length).toBe(0)
    expect(driver.board.output).toEqual(['connected 192.168.1.50', 'disconnected NO_AP_FOUND'])
  })
})
