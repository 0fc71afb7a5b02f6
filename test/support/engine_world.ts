// The World over a real Espruino that runs a bundle as it is shipped, across TCP. Its clock stands still and moves when
// a test says so: the program is given a clock and timers that a second port drives. No test waits for a time: that
// port answers once in a pass of the engine's loop, so that after some answers the engine has done what it was asked,
// and it says how many bytes were written to every socket and which it has ended, so that they can be waited for.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { freePorts } from '../../scripts/lib/free_port.mjs'
import { FLASH_FILE, startEspruino, type EspruinoRun } from '../build/espruino'
import { boardOf, bundleText, type BundleName } from './board_bundle'
import { Peer, type Version, type Wire } from './peer'
import { Unsupported, type Board, type Configuration, type World } from './world'

const BROKER_PORT = 1883
/** Bytes that the engine takes from one socket in a pass. */
const CHUNK_SIZE = 536
/** Passes in which the engine takes a packet, handles it, and does what follows from it. */
const PASSES = 4
/** Seconds of virtual time that an interpreter ticks through at a time. */
const ADVANCE_MS_MAX = 700_000
const START_MS_MAX = 20_000

/** Integers from here on take as many variables as larger ones. */
const LARGE = 10_000

/**
 * Runs before the bundle, which listens elsewhere then, and sees the time that the second port was told. What it keeps
 * for itself is not in the variables that it reports.
 */
const prelude = (port: number, control: number): string => `(function(){
var n=require("net"),c=n.createServer,ticks=[],now=${LARGE},first=${LARGE},written=[],ended=[];
function writer(i,w){return function(d){written[i-first]+=d.length;return w.call(this,d)}}
function ender(i,e){return function(d){ended[i-first]=1;e.call(this,d)}}
function adopt(s){var i=first+written.length;s.write=writer(i,s.write);s.end=ender(i,s.end);
written.push(${LARGE});ended.push(0)}
n.createServer=function(f){var s=c(function(s){adopt(s);f(s)}),l=s.listen;
s.listen=function(p){l.call(s,p===${BROKER_PORT}?${port}:p);print("now it listens")};return s};
global.setInterval=function(f){ticks.push(f)};
global.getTime=function(){return now};
c(function(s){s.on("data",function(d){
var a=JSON.parse(d);
for(var i=0;i<a[0];i++){now++;ticks.forEach(function(f){f()})}
for(;first<a[1];first++){written.shift();ended.shift()}
var u=process.memory(false).usage-E.getSizeOf(written)-E.getSizeOf(ended);
s.write(JSON.stringify({written:written,ended:ended,usage:u})+"\\n")})
}).listen(${control})})();
`

interface Report { written: number[], ended: number[], usage: number }

interface Connection { peer: Peer, received: number, isGone: boolean }

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

export class EngineWorld implements World {
  readonly virtualTime = true
  readonly board: Board
  /** Variables of the engine in use, as of its last answer. */
  usage = 0
  /** The most that any of its answers said. */
  usageMax = 0
  /** While it is set, what is sent is taken in one pass, and nobody waits for what follows from it. */
  isHurried = false
  private readonly sockets: Socket[] = []
  /** In the order in which the engine accepted them; the first is of this number. */
  private readonly connections: Connection[] = []
  private firstNumber = LARGE
  /** What was asked last, answered or not. */
  private asked: Promise<unknown> = Promise.resolve()
  /** Bytes that the engine may not have taken yet. */
  private unread = 0
  private changed: () => void = () => undefined

  private constructor(
    readonly name: BundleName, private readonly run: EspruinoRun, private readonly port: number,
    private readonly control: Socket,
  ) {
    this.board = boardOf(name)
  }

  /** `before` is a program that runs first, `storage` what the engine's flash is at first. */
  static async start(name: BundleName, before = '', storage?: Uint8Array): Promise<EngineWorld> {
    const [port, controlPort] = await freePorts(2) as [number, number]
    const program = before + prelude(port, controlPort) + bundleText(name)
    const run = startEspruino(program, storage ? { [FLASH_FILE]: storage } : {})
    const endMs = performance.now() + START_MS_MAX
    while (!run.output().includes('now it listens')) {
      if (performance.now() > endMs || run.child.exitCode !== null) throw new Error(`no start:\n${run.output()}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return new EngineWorld(name, run, port, await dial(controlPort))
  }

  /** What is in the engine's flash. */
  storage(): Uint8Array {
    return readFileSync(join(dirname(this.run.script), FLASH_FILE))
  }

  /** What the engine printed. */
  output(): string {
    return this.run.output()
  }

  async open(version: Version = 5): Promise<Peer> {
    const socket = await dial(this.port)
    const wire: Wire = {
      write: (bytes) => {
        socket.write(bytes)
        this.unread += bytes.length
      },
      drop: () => {
        connection.isGone = true
        socket.destroy()
      },
      pause: () => {
        throw new Unsupported('the network of a computer holds more than a board lets wait')
      },
      until: () => this.settle(),
      settle: () => this.settle(),
    }
    const peer = new Peer(wire, version)
    const connection: Connection = { peer, received: 0, isGone: false }
    this.connections.push(connection)
    socket.on('data', (data) => {
      connection.received += data.length
      peer.feed(data)
      this.changed()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      peer.ended()
      this.changed()
    })
    this.sockets.push(socket)
    await this.settle()
    return peer
  }

  async advance(milliseconds: number): Promise<void> {
    if (milliseconds > ADVANCE_MS_MAX) throw new Unsupported('an interpreter is slow to tick through so much time')
    await this.ask(Math.ceil(milliseconds / 1_000))
    await this.settle()
  }

  stop(): Promise<void> {
    throw new Unsupported('nobody can tell a board to stop')
  }

  authenticationRelease(): Promise<void> {
    throw new Unsupported('a board answers about users at once')
  }

  /** Whatever a case was about, an engine that reports an error has one. */
  async close(): Promise<void> {
    for (const socket of [...this.sockets, this.control]) socket.destroy()
    this.run.child.kill('SIGKILL')
    await once(this.run.child, 'close')
    this.run.remove()
    if (/Uncaught|Interrupted|Error/.test(this.run.output())) throw new Error(this.run.output().slice(-500))
  }

  /** Lets so many seconds pass; answers when the engine has done that. Peers ask at once: one after another. */
  private ask(seconds: number): Promise<Report> {
    const report = this.asked.then(() => this.askNow(seconds))
    this.asked = report.catch(() => null)
    return report
  }

  private async askNow(seconds: number): Promise<Report> {
    while (this.connections[0]?.peer.isClosed) {
      this.connections.shift()
      this.firstNumber++
    }
    this.control.write(JSON.stringify([seconds, this.firstNumber]))
    let answer = ''
    while (!answer.endsWith('\n')) {
      const [data] = await once(this.control, 'data') as [Buffer]
      answer += data.toString()
    }
    const report = JSON.parse(answer) as Report
    this.usageMax = Math.max(this.usageMax, report.usage)
    return report
  }

  /** Waits until everything that was sent has been taken, and everything that was written has come. */
  async settle(): Promise<void> {
    let report = await this.ask(0)
    if (this.isHurried) return
    for (let passes = PASSES + Math.ceil(this.unread / CHUNK_SIZE); passes > 0; passes--) report = await this.ask(0)
    this.unread = 0
    this.usage = report.usage
    const isComplete = ({ peer, received, isGone }: Connection, index: number): boolean => isGone || peer.isClosed
      // A message in pieces goes on meanwhile.
      || (received + LARGE >= report.written[index] && !report.ended[index])
    while (!this.connections.every(isComplete)) {
      await new Promise<void>((resolve) => { this.changed = resolve })
    }
  }
}

/** A fresh interpreter; `before` is a program that runs first. */
export function engineWorld(
  name: BundleName, configuration: Configuration = {}, before = '',
): Promise<EngineWorld> {
  if (Object.keys(configuration).length > 0) throw new Unsupported('this configuration is not one of a board')
  return EngineWorld.start(name, before)
}
