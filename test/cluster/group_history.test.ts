// Whose a shared subscription's message is, by what gateways have said in the log.
import { describe, expect, it } from 'vitest'
import { GroupHistory } from '../../src/port/node/cluster/group_history'

const owners = (history: GroupHistory, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => history.ownerOf(from + i, 0).node)

describe('a group over several gateways', () => {
  it('shares messages among those that have members, in turn', () => {
    const history = new GroupHistory()
    history.join('b', 1)
    history.join('a', 2)
    const found = Array.from({ length: 10 }, (_, index) => history.ownerOf(10, index).node)
    expect(found.filter(node => node === 'a')).toHaveLength(5)
    expect(new Set(found)).toEqual(new Set(['a', 'b']))
    // So does who publishes one message at a time.
    expect(new Set(owners(history, 10, 11))).toEqual(new Set(['a', 'b']))
  })

  it('gives to others what one had no member for any more', () => {
    const history = new GroupHistory()
    history.join('a', 1)
    history.join('b', 2)
    expect(history.leave('a', 10, false, 20)).toBe(10)
    expect(owners(history, 11, 19)).toEqual(Array(9).fill('b'))
    expect(history.ownerOf(8, 0).node).toBe(history.ownerOf(8, 0, 19).node)
  })

  it('gives what comes while the last member is on its way to whoever has it next', () => {
    const history = new GroupHistory()
    history.join('a', 1)
    history.leave('a', 10, true, 20)
    expect(owners(history, 11, 25)).toEqual(Array(15).fill(''))
    expect(history.join('b', 26)).toBe(10)
    expect(owners(history, 11, 25)).toEqual(Array(15).fill('b'))
  })

  it('gives nobody what came while nobody wanted it', () => {
    const history = new GroupHistory()
    history.join('a', 1)
    history.leave('a', 10, false, 20)
    expect(history.join('b', 26)).toBeNull()
    expect(owners(history, 11, 25)).toEqual(Array(15).fill(''))
  })

  it('has an heir take what a gateway was to take, also what had become its own only then', () => {
    const history = new GroupHistory()
    history.join('a', 1)
    history.join('b', 2)
    history.leave('a', 10, false, 20)
    history.inherit('b', 'c', 15, 30)
    // What became b's by entry 20, behind 15, is c's; b had its own in front of it.
    expect(history.fromOf(30, 30)).toBe(10)
    const becameB = owners(history, 11, 14)
    expect(new Set(becameB)).toEqual(new Set(['b', 'c']))
    expect(owners(history, 16, 29)).toEqual(Array(14).fill('c'))
  })

  it('is the same for a gateway that was told of it', () => {
    const [one, other] = [new GroupHistory(), new GroupHistory()]
    one.join('a', 1)
    one.join('b', 5)
    one.leave('a', 10, true, 20)
    other.take(JSON.parse(JSON.stringify(one.known(4))))
    expect(owners(other, 6, 30)).toEqual(owners(one, 6, 30))
  })
})
