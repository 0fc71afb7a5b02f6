// Entries of the cluster's log.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  entryDecode, messageSize, messagesEncode, noticeEncode, secondsLeft,
} from '../../src/port/node/cluster/log_entry'

const messages = fc.array(fc.record({
  clientIdentifier: fc.string(), packetIdentifier: fc.nat(65_535), flags: fc.nat(7), topicSize: fc.nat(65_535),
  propertiesSize: fc.nat(1_000_000), bytes: fc.uint8Array({ maxLength: 300 }), expiry: fc.nat(0xffff_ffff),
}))

describe('an entry of the log', () => {
  it('is read as it was written, in as many bytes as was said', () => {
    fc.assert(fc.property(messages, given => {
      const bytes = messagesEncode('n1', 7, given)
      const { node, count, writtenMs, messages: read, notice } = entryDecode(bytes)
      expect([node, count, notice]).toEqual(['n1', 7, null])
      expect(Math.abs(writtenMs - Date.now())).toBeLessThan(10_000)
      expect(read.map(one => ({ ...one, bytes: new Uint8Array(one.bytes) }))).toEqual(given)
      expect(bytes.length).toBe(18 + given.reduce((sum, one) => sum + messageSize(one), 0))
    }))
  })

  it('says what a gateway has to say', () => {
    const notice = { kind: 'gone', node: 'n1', position: 7, heir: 'n2' } as const
    expect(entryDecode(noticeEncode(notice))).toEqual({ node: 'n1', count: 0, writtenMs: 0, messages: [], notice })
  })

  it('has a message expire by the time that it was written', () => {
    const message = { ...entryDecode(messagesEncode('n', 0, [])), clientIdentifier: '', packetIdentifier: 0, flags: 0,
      topicSize: 0, propertiesSize: 0, bytes: new Uint8Array(), expiry: 60 }
    expect(secondsLeft(message, Date.now() - 10_000)).toBe(50)
    expect(secondsLeft(message, Date.now() - 100_000)).toBe(1)
    expect(secondsLeft({ ...message, expiry: 0 }, Date.now())).toBe(0)
  })
})
