// Shared subscriptions of several gateways that read the same log: who takes what, while members move and gateways die.
import { describe, expect, it } from 'vitest'
import { FILTER, Log, Node } from './group_world'

const numbers = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => String(from + i))

describe('groups over several gateways', () => {
  it('share what comes, each message at one of them', async () => {
    const log = new Log(['a', 'b'])
    const [a, b] = log.nodes
    for (const one of log.nodes) one.member(true)
    log.write(...log.nodes)
    log.publish(...numbers(0, 20))
    await log.read(a, b)
    expect([...a.given, ...b.given].sort()).toEqual(numbers(0, 20).sort())
    expect(a.given.length).toBe(10)
  })

  it('give what comes while a member goes from one to another to where it comes', async () => {
    const log = new Log(['a', 'b'])
    const [a, b] = log.nodes
    a.member(true)
    log.write(...log.nodes)
    await log.read(a, b)
    a.member(false, true)
    log.publish('0', '1')
    log.write(...log.nodes)
    log.publish('2', '3')
    await log.read(a, b)
    b.member(true)
    log.write(...log.nodes)
    log.publish('4')
    await log.read(a, b)
    await log.read(b)
    expect(b.given.sort()).toEqual(['0', '1', '2', '3', '4'])
  })

  it('have an heir to whom no member comes leave it to a member that is still on its way from the one that is over',
    async () => {
      const log = new Log(['a', 'b', 'c'])
      const [a, b, c] = log.nodes
      a.member(true)
      log.write(...log.nodes)
      await log.read(a, b, c)
      // The member goes to c, and a dies before it can say so.
      log.publish('0', '1')
      log.gone('a', 'b', 1)
      log.publish('2')
      await log.read(b, c)
      b.groups.inherited('a')
      log.write(...log.nodes)
      log.publish('3')
      await log.read(b, c)
      c.member(true)
      log.write(...log.nodes)
      await log.read(b, c)
      expect(b.given).toEqual([])
      expect(c.given).toEqual(['0', '1', '2', '3'])
    })

  it('have a member that comes while another one leaves take what that one no more did', async () => {
    const log = new Log(['a', 'b', 'c'])
    const [a, b, c] = log.nodes
    for (const one of [a, b]) one.member(true)
    log.write(...log.nodes)
    await log.read(a, b, c)
    a.member(false, true)
    log.write(...log.nodes)
    await log.read(a, b, c)
    // That of a is on its way to c.
    b.member(false)
    log.publish('0', '1')
    log.write(...log.nodes)
    log.publish('2', '3')
    await log.read(a, b, c)
    c.member(true)
    log.write(...log.nodes)
    await log.read(a, b, c)
    expect(c.given).toEqual(['0', '1', '2', '3'])
  })

  it('have had nothing that is still being given: neither does a gateway say so when its member goes meanwhile',
    async () => {
      const log = new Log(['a', 'b', 'c'])
      const [a, b, c] = log.nodes
      for (const one of [a, b]) one.member(true)
      log.write(...log.nodes)
      await log.read(a, b, c)
      let letGo: () => void = () => undefined
      b.held = new Promise(resolve => { letGo = resolve })
      a.member(false)
      log.publish('0', '1', '2', '3')
      log.write(...log.nodes)
      await log.read(a, b, c)
      expect(b.settled).toEqual([6])
      const had = b.given.length
      expect(had).toBeLessThan(4)
      b.member(false, true)
      log.write(...log.nodes)
      await log.read(a, b, c)
      c.member(true)
      log.write(...log.nodes)
      await log.read(a, b, c)
      letGo()
      expect([...new Set([...b.given.slice(0, had), ...c.given])].sort()).toEqual(['0', '1', '2', '3'])
    })

  it('wait for room', async () => {
    const log = new Log(['a', 'b'])
    const [a, b] = log.nodes
    for (const one of [a, b]) one.member(true)
    log.write(...log.nodes)
    await log.read(a, b)
    b.hasRoom = false
    a.member(false)
    log.publish('0', '1')
    log.write(...log.nodes)
    await log.read(a, b)
    const had = b.given.length
    b.hasRoom = true
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(had).toBe(1)
    expect(b.given.sort()).toEqual(['0', '1'])
  })

  it('go by the sessions that were kept where no gateway is there that knew', async () => {
    const log = new Log([])
    const c = new Node('c', log)
    log.publish('0', '1')
    log.gone('a', 'c', 0)
    c.read()
    await c.groups.settle(() => [], async () => [{ node: 'a', filters: [FILTER, 'plain'] }])
    c.member(true)
    c.groups.inherited('a')
    await log.read(c)
    expect(c.given).toEqual(['0', '1'])
  })

  it('tell all of them to a gateway that comes, in as many entries as they need', async () => {
    const log = new Log(['a'])
    const [a] = log.nodes
    for (let i = 0; i < 170; i++) a.groups.filter(`$share/${i}/x`, true)
    log.write(...log.nodes)
    await log.read(a)
    a.groups.sayAll()
    expect(a.notices.length).toBeGreaterThan(3)
    expect(Math.max(...a.notices.map(notice => JSON.stringify(notice).length))).toBeLessThan(500_000)
    log.write(...log.nodes)
    const c = new Node('c', log)
    c.position = c.groups.readFrom = a.position
    c.read()
    c.groups.sayAll()
    const known = c.notices.flatMap(notice => Object.keys((notice as { table: object }).table))
    expect(new Set(known).size).toBe(170)
  })

  it('forget those that nobody is in', async () => {
    const log = new Log(['a'])
    const [a] = log.nodes
    for (let i = 0; i < 100; i++) {
      a.groups.filter(`$share/${i}/x`, true)
      a.groups.filter(`$share/${i}/x`, false)
    }
    log.write(...log.nodes)
    await log.read(a)
    a.neededFrom = a.position
    a.groups.sayAll()
    expect((a.notices[0] as { table: object }).table).toEqual({})
  })
})
