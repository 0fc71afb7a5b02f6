// Another client of mDNS, on the loopback interface alone: what it asks for, and what it hears.
import { networkInterfaces } from 'node:os'
import multicastDns, { type QueryPacket, type ResponsePacket } from 'multicast-dns'
import { until } from './library'

/** A record of the types that are asked for; seconds that it is good for, 0: it is not any more. */
interface Answer { name: string, type: string, ttl: number, flush: boolean, data: unknown }
type QuestionType = 'A' | 'PTR' | 'SRV'

/** The interface that this computer has for itself; undefined: there is none. */
export const loopback = Object.entries(networkInterfaces())
  .find(([, addresses]) => addresses?.some(({ address }) => address === '127.0.0.1'))?.[0]

export class MdnsClient {
  /** All that was said, first to last. */
  readonly heard: Answer[] = []
  private readonly socket = multicastDns({ interface: '127.0.0.1', bind: '0.0.0.0', loopback: true })
  private readonly ready: Promise<void>

  constructor() {
    this.socket.on('response', ({ answers, additionals }: ResponsePacket) => {
      this.heard.push(...[...answers, ...additionals] as Answer[])
    })
    this.ready = new Promise((resolve, reject) => {
      this.socket.on('ready', resolve)
      this.socket.on('error', reject)
    })
  }

  /** Records of a name that were said last, by their type. */
  of(name: string, type: QuestionType): Answer[] {
    return this.heard.filter((record) => record.name.toLowerCase() === name.toLowerCase() && record.type === type)
  }

  /** Asks until there is a record. */
  async ask(name: string, type: QuestionType): Promise<Answer> {
    await this.ready
    const again = setInterval(() => this.socket.query(name, type), 250)
    try {
      await until(() => this.of(name, type).length > 0)
    } finally {
      clearInterval(again)
    }
    return this.of(name, type).at(-1)!
  }

  end(): void {
    this.socket.destroy()
  }
}

/** Why nothing can be heard on this computer; '': it can. */
export async function noMulticast(): Promise<string> {
  if (loopback === undefined) return 'there is no loopback interface'
  const [one, other] = [1, 2].map(() => multicastDns({ interface: '127.0.0.1', bind: '0.0.0.0', loopback: true }))
  const limit = new Promise<string>((resolve) => setTimeout(() => resolve('multicast on loopback is not heard'), 3_000))
  const again = setInterval(() => one.query('midge-probe.local', 'A'), 100)
  const heard = new Promise<string>((resolve) => {
    for (const socket of [one, other]) socket.on('error', ({ message }: Error) => resolve(`port 5353: ${message}`))
    other.on('query', ({ questions }: QueryPacket) => {
      if (questions.some(({ name }) => name === 'midge-probe.local')) resolve('')
    })
  })
  const why = await Promise.race([heard, limit])
  clearInterval(again)
  one.destroy()
  other.destroy()
  return why
}
