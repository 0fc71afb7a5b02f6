// What topics retain, a key each, so that a gateway that starts need not read the whole log. Who took a message writes
// it, before its publisher has an answer, with the message's place in the log: the newer one stays.
import type { Published } from '../cluster_seam'
import { Lately } from '../lately'
import type { Engine } from './engine'
import { Overtaken } from './engine_terms'
import { entryDecode, messagesEncode, topicOf } from './log_entry'
import { keyOf } from './subject'

const PLACE_SIZE = 6
/** Revisions that are remembered, of topics that were written lately. */
const KNOWN_MAX = 10_000

export interface RetainedMessage { seq: number, writtenMs: number, message: Published }

/** The entry's number 6; the message, as an entry has it. */
function encode(message: Published, seq: number): Uint8Array {
  const place = Buffer.alloc(PLACE_SIZE)
  place.writeUIntBE(seq, 0, PLACE_SIZE)
  return Buffer.concat([place, messagesEncode('', 0, [message])])
}

function decode(bytes: Uint8Array): RetainedMessage {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const { writtenMs, messages: [message] } = entryDecode(view.subarray(PLACE_SIZE))
  return { seq: view.readUIntBE(0, PLACE_SIZE), writtenMs, message }
}

export class RetainedBucket {
  private readonly known = new Lately<string, { revision: number, seq: number }>(KNOWN_MAX)

  constructor(private readonly engine: Engine) {}

  /** All that is retained; a message without payload says that its topic has none any more. */
  async all(): Promise<RetainedMessage[]> {
    const found = await this.engine.all('retained')
    return [...found.values()].map(({ bytes }) => decode(bytes))
  }

  /** Keeps the last message of each topic. */
  async put(messages: readonly Published[], seq: number): Promise<void> {
    const last = new Map(messages.filter(({ flags }) => flags & 1).map((message) => [topicOf(message), message]))
    await Promise.all([...last].map(([topic, message]) => this.putOne(keyOf(topic), encode(message, seq), seq)))
  }

  private async putOne(key: string, bytes: Uint8Array, seq: number): Promise<void> {
    let { revision, seq: newest } = this.known.get(key) ?? { revision: 0, seq: 0 }
    // Of a gateway that is over an older one may be put behind one of this gateway's.
    while (newest <= seq) {
      try {
        return this.known.set(key, { revision: await this.engine.write('retained', key, bytes, revision), seq })
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error
      }
      const there = await this.engine.read('retained', key)
      revision = there?.revision ?? 0
      newest = there?.bytes.length ? decode(there.bytes).seq : 0
    }
  }
}
