// Runs one row of messages through one broker: connections, a warm-up, a measured stretch, and the count at the end.
import { openConnection, subscribe } from './connection.mjs'
import { payloadPattern } from './packets.mjs'
import { cpuSeconds, kernelSeconds, residentSize } from './process_cost.mjs'
import { Publisher } from './publisher.mjs'
import { Subscriber } from './subscriber.mjs'

const DRAIN_MS_MAX = 10_000
/**
 * Of the seconds that are measured: as much of the broker's CPU comes before, until which engines compile what they
 * run. Not by the clock on the wall: beside other work a broker would be measured cold.
 */
const WARM_UP_SHARE = 0.75
const WARM_UP_MS_MAX = 10_000
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Opens many connections, a few at a time. */
async function openMany (port, count, prefix, isKept = false) {
  const sockets = []
  for (let i = 0; i < count; i += 50) {
    const some = Array.from({ length: Math.min(50, count - i) }, (_, k) =>
      openConnection(port, `${prefix}${i + k}`, isKept))
    sockets.push(...await Promise.all(some))
  }
  return sockets
}

class Run {
  isSending = true
  failure = null

  constructor (row) {
    this.row = row
    this.topicBytes = row.topics.map(topic => Buffer.from(topic))
    this.pattern = payloadPattern(row.payloadSize ?? 64)
  }

  async open (port) {
    const { row } = this
    this.idle = await openMany(port, row.idle ?? 0, 'idle')
    for (const [i, filters] of (row.otherFilters ?? []).entries()) {
      this.idle.push(...await openMany(port, 1, `other${i}-`))
      await subscribe(this.idle.at(-1), filters, 0)
    }
    const takers = await openMany(port, row.subscribers.length, 'sub', row.isKept)
    for (const [i, socket] of takers.entries()) await subscribe(socket, row.subscribers[i].filters, row.qos)
    this.subscribers = takers.map(socket => new Subscriber(socket, {
      topics: this.topicBytes, publisherCount: row.publishers.length, qos: row.qos, pattern: this.pattern,
      onChunk: () => this.pump(),
    }))
    const givers = await openMany(port, row.publishers.length, 'pub', row.isKept)
    this.publishers = givers.map((socket, number) => new Publisher(number, socket, {
      topics: row.topics, topicNumbers: row.publishers[number].topics, qos: row.qos, window: row.window,
      batch: row.batch, pattern: this.pattern,
    }))
    // Who gets a publisher's messages.
    this.audience = row.publishers.map((_, number) =>
      this.subscribers.filter((__, i) => row.subscribers[i].publishers.includes(number)))
    for (const publisher of this.publishers) publisher.onAcknowledged = () => this.pump()
    this.sockets = [...this.idle, ...takers, ...givers]
    for (const socket of this.sockets) {
      socket.on('error', error => this.fail(error))
      socket.on('close', () => { if (!this.isOver) this.fail(new Error('a connection was closed')) })
    }
  }

  fail (error) {
    this.failure ??= error
  }

  pump () {
    if (!this.isSending) return
    for (const publisher of this.publishers) publisher.pump(this.delivered(publisher.number))
  }

  delivered (number) {
    let least = Infinity
    for (const subscriber of this.audience[number]) least = Math.min(least, subscriber.next[number])
    return least
  }

  get deliveries () {
    return this.subscribers.reduce((sum, subscriber) => sum + subscriber.deliveries, 0)
  }

  /** Everything that was sent must come, and nothing else. */
  async drain () {
    this.isSending = false
    const limit = Date.now() + DRAIN_MS_MAX
    const isDone = () => this.publishers.every(({ number, sent, acknowledged, qos }) =>
      this.delivered(number) === sent && (!qos || acknowledged === sent))
    while (!isDone()) {
      if (this.failure) throw this.failure
      if (Date.now() > limit) throw new Error('messages were lost')
      await sleep(10)
    }
  }

  close () {
    this.isOver = true
    for (const socket of this.sockets ?? []) socket.destroy()
  }
}

async function warmUp (pid, seconds) {
  const limit = Date.now() + WARM_UP_MS_MAX
  const end = cpuSeconds(pid) + seconds
  while (cpuSeconds(pid) < end && Date.now() < limit) await sleep(50)
}

const usageNow = (run, pid) => ({
  cpu: cpuSeconds(pid), kernel: kernelSeconds(pid), deliveries: run.deliveries,
  us: Number(process.hrtime.bigint()) / 1e3,
})

/**
 * Measures a row for `seconds`; answers { rate, wallRate, load, resident, total, kernel, from, to } of the broker: what
 * share of its time was the kernel's, and when it was measured, microseconds of the system's clock.
 */
export async function measureThroughput (row, broker, seconds) {
  const run = new Run(row)
  const onError = error => run.fail(error)
  process.on('uncaughtException', onError)
  try {
    await run.open(broker.port)
    run.pump()
    await warmUp(broker.pid, seconds * WARM_UP_SHARE)
    const before = usageNow(run, broker.pid)
    await sleep(seconds * 1_000)
    const after = usageNow(run, broker.pid)
    const cpu = after.cpu - before.cpu
    const wall = (after.us - before.us) / 1e6
    const count = after.deliveries - before.deliveries
    const kernel = (after.kernel - before.kernel) / cpu
    const resident = residentSize(broker.pid)
    if (run.failure) throw run.failure
    await run.drain()
    return {
      rate: count / cpu, wallRate: count / wall, load: cpu / wall, resident, total: run.deliveries, kernel,
      from: before.us, to: after.us,
    }
  } finally {
    run.close()
    process.off('uncaughtException', onError)
  }
}
