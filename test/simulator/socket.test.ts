import { describe, expect, it } from 'vitest'
import { boot, server, text } from './boot'

const logging = `
  c.on("data", function (d) { print("data " + d.length) });
  c.on("drain", function () { print("drain") });
  c.on("end", function () { print("end") });
  c.on("error", function (e) { print("error " + e.message) });
  c.on("close", function (e) { print("close " + e) });`

describe('a simulated socket', () => {
  it('hands over strings of bytes', () => {
    const driver = boot(server(`c.on("data", function (d) {
      print(typeof d, d.charCodeAt(0), d.charCodeAt(1)); c.write(d) })`))
    const peer = driver.connect(1883)!
    peer.send(new Uint8Array([0, 255]))
    driver.settle()
    expect(driver.board.output).toEqual(['string 0 255'])
    expect([...peer.take()]).toEqual([0, 255])
  })

  it('receives and sends 536 bytes in a pass', () => {
    const driver = boot(server(logging))
    const peer = driver.connect(1883)!
    driver.settle()
    peer.send('x'.repeat(1_300))
    driver.passes(1)
    expect(driver.board.output).toEqual(['data 536'])
    driver.passes(2)
    expect(driver.board.output).toEqual(['data 536', 'data 536', 'data 228'])
    driver.board.evaluate('')
  })

  it('takes larger chunks for all sockets after a datagram socket asked for them', () => {
    const driver = boot('require("dgram").createSocket({type:"udp4",recvBufferSize:1460});' + server(logging))
    driver.connect(1883)!.send('x'.repeat(1_300))
    driver.settle()
    expect(driver.board.output).toEqual(['data 1300'])
  })

  it('sends the text of a typed array', () => {
    const driver = boot(server('c.write(new Uint8Array([65, 66]))'))
    const peer = driver.connect(1883)!
    driver.settle()
    expect(text(peer.take())).toBe('65,66')
  })

  it('queues without a bound, visibly, and drains when the queue empties', () => {
    const driver = boot(server(logging + `global.s = c;
      for (var i = 0; i < 10; i++) c.write("x".repeat(1000)); print(c.dSnd.length)`))
    const peer = driver.connect(1883)!
    peer.reading = false
    driver.settle()
    expect(driver.board.output).toEqual(['10000'])
    expect(driver.board.evaluate('s.dSnd.length')).toBe(10_000 - 5_744)
    peer.reading = true
    let size = peer.take().length
    driver.settle()
    size += peer.take().length
    driver.settle()
    size += peer.take().length
    expect(size).toBe(10_000)
    expect(driver.board.output).toEqual(['10000', 'drain'])
  })

  it('throws on a write after end, and after the connection is gone', () => {
    const driver = boot(server(logging + 'global.s = c; c.end(); try { c.write("x") } catch (e) { print(e.message) }'))
    driver.connect(1883)
    driver.settle()
    driver.board.evaluate('try { s.write("x") } catch (e) { print(e.message) }')
    expect(driver.board.output).toEqual(['This socket is closed', 'end', 'close false', 'This socket is closed'])
  })

  it('flushes what is queued before end closes', () => {
    const driver = boot(server('c.write("x".repeat(2000)); c.end()'))
    const peer = driver.connect(1883)!
    driver.settle()
    expect(peer.take().length).toBe(2_000)
    expect(peer.closed).toBe(true)
  })

  it('still delivers data after end while the queue is being sent', () => {
    const driver = boot(server('c.on("data", function (d) { print(d) }); c.write("x".repeat(2000)); c.end()'))
    const peer = driver.connect(1883)!
    driver.passes(1)
    peer.send('late')
    driver.settle()
    expect(driver.board.output).toEqual(['late'])
  })

  it('is reset for what nobody has read when it closes, and for what comes afterwards', () => {
    const driver = boot(server('c.on("data", function () { c.write("bye"); c.end() })'))
    const [late, early, polite] = [driver.connect(1883)!, driver.connect(1883)!, driver.connect(1883)!]
    driver.settle()
    late.send('x')
    early.send('x'.repeat(5_000))
    polite.send('x')
    driver.settle()
    expect([late, early, polite].map(({ closed, wasReset }) => [closed, wasReset]))
      .toEqual([[true, false], [true, true], [true, false]])
    late.send('more')
    polite.end()
    driver.settle()
    expect([late, polite].map(peer => [text(peer.take()), peer.wasReset])).toEqual([['bye', true], ['bye', false]])
    expect(driver.board.tcp.socketsUsed).toBe(2)
  })

  it('takes a FIN for the end of both directions and drops what it had not sent', () => {
    const driver = boot(server(logging + 'global.s = c; c.write("x".repeat(20000))'))
    const peer = driver.connect(1883)!
    driver.settle()
    peer.end()
    driver.settle()
    expect(driver.board.output).toEqual(['error unsent data', 'end', 'close true'])
    expect(driver.board.evaluate('s.conn')).toBe(false)
    expect(driver.board.tcp.socketsUsed).toBe(2)
  })

  it('reports a RST as an ordinary end', () => {
    const driver = boot(server(logging))
    const peer = driver.connect(1883)!
    driver.settle()
    peer.reset()
    driver.settle()
    expect(driver.board.output).toEqual(['end', 'close false'])
  })

  it('calls data handlers inside the pass and all others after it', () => {
    const driver = boot(server(logging))
    const first = driver.connect(1883)!
    const second = driver.connect(1883)!
    driver.settle()
    first.send('abc')
    first.end()
    second.send('defg')
    driver.settle()
    expect(driver.board.output).toEqual(['data 3', 'data 4', 'end', 'close false'])
  })

  it('sends in the same pass what is written to a socket later in the list', () => {
    const driver = boot('var all = [];' + server(`all.push(c);
      c.on("data", function (d) { all.forEach(function (s) { s.write(d) }) })`))
    const peers = [driver.connect(1883)!, driver.connect(1883)!, driver.connect(1883)!]
    driver.settle()
    peers[1].send('x')
    driver.passes(1)
    expect(peers.map(peer => text(peer.take()))).toEqual(['', '', 'x'])
    driver.passes(1)
    expect(peers.map(peer => text(peer.take()))).toEqual(['x', 'x', ''])
  })

  it('delivers the tail again in every pass when a listener comes late to more than 512 bytes', () => {
    const driver = boot(server('global.s = c'))
    const peer = driver.connect(1883)!
    peer.send('x'.repeat(900))
    driver.settle()
    driver.board.evaluate('s.on("data", function (d) { print(d.length) })')
    driver.passes(4)
    expect(driver.board.output).toEqual(['364', '536', '364', '364', '364'])
  })

  it('has ten sockets in all, listeners and the console among them', () => {
    const driver = boot(server('c.on("data", function () {})'))
    const accepted = Array.from({ length: 10 }, () => driver.connect(1883)).filter(peer => peer !== null)
    expect(accepted.length).toBe(8)
    const quiet = boot('require("TelnetServer").setOptions({mode:"off"});' + server(''))
    expect(Array.from({ length: 10 }, () => quiet.connect(1883)).filter(peer => peer !== null).length).toBe(9)
  })

  it('keeps a handler that throws, and the other sockets of that pass', () => {
    const driver = boot(server('c.on("data", function (d) { if (d === "bad") throw new Error("oops"); print(d) })'))
    const [a, b] = [driver.connect(1883)!, driver.connect(1883)!]
    driver.settle()
    a.send('bad')
    b.send('good')
    driver.settle()
    a.send('again')
    driver.settle()
    expect(driver.board.output).toEqual(['good', 'Uncaught Error: oops', 'again'])
  })

  it('removes the data handler when memory runs out in it', () => {
    const program = server('c.on("data", function (d) { print(d); while (true) c.write("x".repeat(1000)) })')
    const driver = boot(program, { heapTotal: 1_800, heapUsed: 1_500 })
    const peer = driver.connect(1883)!
    peer.reading = false
    driver.settle()
    peer.send('one')
    driver.settle()
    peer.send('two')
    driver.settle()
    expect(driver.board.output).toEqual([
      'one', 'Execution Interrupted', 'Error processing Serial data handler - removing it.',
    ])
    expect(driver.board.evaluate('E.getErrorFlags().join()')).toBe('MEMORY,CALLBACK')
  })

  it('connects outwards, and reports a refusal', () => {
    const driver = boot('')
    driver.serve('10.0.0.1', 1883, peer => peer.send('hi'))
    driver.board.evaluate(`var n = require("net");
      n.connect({host: "10.0.0.1", port: 1883}, function (c) { print("up"); c.on("data", function (d) { print(d) }) });
      var c = n.connect({host: "10.0.0.2", port: 1}, function () { print("never") });
      c.on("close", function (e) { print("close " + e) })`)
    driver.settle()
    expect(driver.board.output).toEqual(['up', 'close true', 'hi'])
  })
})
