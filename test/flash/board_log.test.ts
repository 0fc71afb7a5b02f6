// What a board prints of its clients, as a person reads it.
import { describe, expect, it } from 'vitest'
import * as codes from '../../src/broker/log_code'
import { BoardLog } from '../../src/flash'
import { LOG_WORDS } from '../../src/log_text'

const decoded = (...lines: string[]): (string | null)[] => {
  const log = new BoardLog()
  return lines.map(line => log.decode(line))
}

describe('the log of a board', () => {
  it('has a word for each code', () => {
    const all = Object.entries(codes).filter(([name]) => name !== 'LOG_OF_SESSIONS').map(([, code]) => code)
    expect(LOG_WORDS.split(',').map((_, code) => code)).toEqual(all.sort((a, b) => a - b))
  })

  it('names a client until its number is another\'s', () => {
    expect(decoded('client: "thermo"', 'connected: 1 5', 'message refused: 1 151', 'closed: 1 141',
      'client: "lamp"', 'connected: 1 4', 'closed: 1 256')).toEqual([
      null, 'thermo connected, MQTT 5.0', 'a message of thermo was refused: Quota exceeded',
      'thermo was disconnected: Keep Alive timeout', null, 'lamp connected, MQTT 3.1.1', 'lamp disconnected',
    ])
  })

  it.each([
    ['accepted: 1 0', null],
    ['connected: 2 3', 'client 2 connected, MQTT 3.1'],
    ['closed: 7 256', null],
    ['closed: 7 142', 'client 7 was disconnected: Session taken over'],
    ['refused: 0 134', 'a client was refused: Bad User Name or Password'],
    ['message refused: 0 407', 'a message of client 0 was refused: Quota exceeded'],
    ['no room: -1 12', 'a client was turned away: there is no room for another connection'],
    ['session expired: "thermo"', 'the session of thermo is over: its time has passed'],
    ['Will published: "the lamp"', 'the Will of "the lamp" was published'],
    ['session replaced: "K\\xC3\\xBCche\\u0001"', 'the session of "Küche\\u0001" has ended, to make room for another'],
    ['closed: the door', 'closed: the door'],
    ['session expired: never', 'session expired: never'],
    ['constructor: 1 0', 'constructor: 1 0'],
    ['access point midge-0002', 'access point midge-0002'],
  ])('%s', (line, sentence) => {
    expect(decoded(line)).toEqual([sentence])
  })
})
