// The extension m.name: a board is found by mDNS. What it says is read by dns-packet, which is not ours.
import dnsPacket, { type DecodedPacket } from 'dns-packet'
import { describe, expect, it } from 'vitest'
import { Random } from '../model/random'
import { BoardWorld } from '../support/board_world'
import { connect, publish } from '../support/client'
import { distExtensions } from '../support/extensions'

const SETTINGS = { wifi_ssid: 'home', wifi_password: 'secret123', hostname: 'hall', mdns: true }
const HOST = 'hall.local'
const SERVICE = '_mqtt._tcp.local'
const INSTANCE = `hall.${SERVICE}`
const GROUP = '224.0.0.251'

interface Said { packet: DecodedPacket, host: string, port: number }

/** What the board has sent since it was asked last. */
function said({ driver }: BoardWorld): Said[] {
  return driver.board.datagrams.sent.splice(0).map(({ data, host, port }) => {
    expect(data.length).toBeLessThanOrEqual(528)
    return { packet: dnsPacket.decode(Buffer.from(data, 'latin1')), host, port }
  })
}

async function nameWorld(settings: Record<string, unknown> = SETTINGS): Promise<BoardWorld> {
  const files = { 'midge.json': JSON.stringify(settings), ...await distExtensions(settings) }
  return new BoardWorld('esp32', () => 0.5, files, { home: 'secret123' })
}

/** One that has announced itself. */
async function namedWorld(settings?: Record<string, unknown>): Promise<BoardWorld> {
  const world = await nameWorld(settings)
  await world.advance(10_000)
  said(world)
  return world
}

function hear(world: BoardWorld, packet: Buffer, port = 5_353): void {
  world.driver.board.datagrams.deliver(5_353, packet.toString('latin1'), { address: '192.168.1.7', port })
}

type Question = NonNullable<dnsPacket.Packet['questions']>[number]
type Answer = dnsPacket.Answer

const query = (questions: Question[], more: dnsPacket.Packet = {}): Buffer =>
  dnsPacket.encode({ type: 'query', questions, ...more })
const response = (...answers: Answer[]): Buffer => dnsPacket.encode({ type: 'response', answers })

/** What is said within a second of a packet. */
async function answers(world: BoardWorld, packet: Buffer, port?: number): Promise<Said[]> {
  await world.advance(1_500)
  hear(world, packet, port)
  await world.advance(999)
  return said(world)
}

const kindsOf = ({ packet }: Said): string => (packet.answers ?? []).map(({ type }) => type).join()

describe('a board that is found by name', () => {
  it('asks whether its name is free, announces it twice, and listens to the group', async () => {
    const world = await nameWorld()
    expect(world.driver.board.datagrams.groups(5_353)).toEqual([])
    await world.advance(10_000)
    expect(world.driver.board.datagrams.groups(5_353)).toEqual([GROUP])
    const all = said(world)
    expect(all.map(({ packet }) => packet.type)).toEqual(['query', 'query', 'query', 'response', 'response'])
    for (const { host, port } of all) expect([host, port]).toEqual([GROUP, 5_353])
    expect(all[0].packet.questions).toMatchObject([{ name: HOST, type: 'ANY' }, { name: INSTANCE, type: 'ANY' }])
    expect(all[0].packet.authorities).toMatchObject([{ name: INSTANCE, type: 'SRV' }, { name: HOST, type: 'A' }])
    expect(all[4].packet).toMatchObject({
      flag_aa: true,
      answers: [
        { name: SERVICE, type: 'PTR', ttl: 4_500, data: INSTANCE, flush: false },
        { name: '_services._dns-sd._udp.local', type: 'PTR', data: SERVICE, flush: false },
        { name: INSTANCE, type: 'SRV', ttl: 120, data: { port: 1883, target: HOST }, flush: true },
        { name: INSTANCE, type: 'TXT', ttl: 4_500, flush: true },
        { name: HOST, type: 'A', ttl: 120, data: '192.168.1.50', flush: true },
      ],
    })
    expect(world.driver.board.output).toContain('mDNS: hall._mqtt._tcp.local on hall.local')
    await world.close()
  })

  it('answers to all, or to one that asks for that, and leaves out what is known', async () => {
    const world = await namedWorld()
    const ptr: Question = { name: SERVICE, type: 'PTR' }
    expect((await answers(world, query([ptr]))).map(kindsOf)).toEqual(['PTR,SRV,TXT,A'])
    expect((await answers(world, query([{ name: 'HALL.local', type: 'A' }]))).map(kindsOf)).toEqual(['A'])
    expect((await answers(world, query([{ name: INSTANCE, type: 'SRV' }]))).map(kindsOf)).toEqual(['SRV,A'])
    expect((await answers(world, query([{ name: INSTANCE, type: 'TXT' }]))).map(kindsOf)).toEqual(['TXT'])
    expect((await answers(world, query([{ name: '_services._dns-sd._udp.local', type: 'PTR' }]))).map(kindsOf))
      .toEqual(['PTR'])
    expect(await answers(world, query([{ name: '_http._tcp.local', type: 'PTR' }]))).toEqual([])
    expect(await answers(world, query([{ name: HOST, type: 'AAAA' }]))).toEqual([])
    const known: Answer = { name: SERVICE, type: 'PTR', ttl: 4_000, data: INSTANCE }
    expect((await answers(world, query([ptr], { answers: [known] }))).map(kindsOf)).toEqual(['SRV,TXT,A'])
    expect((await answers(world, query([ptr], { answers: [{ ...known, ttl: 2_000 }] }))).map(kindsOf))
      .toEqual(['PTR,SRV,TXT,A'])
    // Twice in a second is said once.
    await world.advance(1_500)
    for (let i = 0; i < 5; i++) hear(world, query([ptr]))
    await world.advance(500)
    for (let i = 0; i < 5; i++) hear(world, query([ptr]))
    await world.advance(300)
    expect(said(world).length).toBe(1)
    await world.advance(1_000)
    expect(said(world).length).toBe(1)
    const unicast = query([ptr])
    unicast[unicast.length - 2] |= 0x80
    expect(await answers(world, unicast)).toMatchObject([{ host: '192.168.1.7', port: 5_353 }])
    const [foreign] = await answers(world, query([{ name: HOST, type: 'A' }], { id: 77 }), 40_000)
    expect(foreign).toMatchObject({ host: '192.168.1.7', port: 40_000, packet: {
      id: 77, questions: [{ name: HOST, type: 'A' }],
      answers: [{ name: HOST, ttl: 10, data: '192.168.1.50', flush: false }],
    } })
  })

  it('takes the next name where somebody has it, before or later', async () => {
    const theirs: Answer = { name: HOST, type: 'A', ttl: 120, data: '192.168.1.9' }
    const world = await nameWorld()
    await world.advance(1_000)
    hear(world, response(theirs))
    await world.advance(10_000)
    expect(said(world).at(-1)!.packet.answers).toMatchObject([
      { data: `hall (2).${SERVICE}` }, {}, { name: `hall (2).${SERVICE}`, data: { target: 'hall-2.local' } }, {},
      { name: 'hall-2.local' },
    ])
    expect(world.driver.board.output.join())
      .toContain('mDNS: somebody else in the network has the name; this one is hall (2)._mqtt._tcp.local')
    // Later: it asks once more, and yields to who says so again. What it says itself, and goodbyes, are no others.
    const again: Answer = { ...theirs, name: 'hall-2.local' }
    hear(world, response({ ...again, data: '192.168.1.50' }))
    hear(world, response({ ...again, ttl: 0 }))
    await world.advance(1_000)
    expect(said(world)).toEqual([])
    hear(world, response(again))
    await world.advance(100)
    expect(said(world)).toMatchObject([{ packet: { type: 'query', questions: [{ name: 'hall-2.local' }, {}] } }])
    hear(world, response(again))
    await world.advance(10_000)
    expect(said(world).at(-1)!.packet.answers).toMatchObject([{}, {}, {}, {}, { name: 'hall-3.local' }])
  })

  it('yields for a second to one that asks for the name at the same time and is greater', async () => {
    const probe = (address: string): Buffer => query([{ name: HOST, type: 'ANY' as 'A' }],
      { authorities: [{ name: HOST, type: 'A', ttl: 120, data: address }] })
    for (const [address, probes] of [['192.168.1.9', 3], ['192.168.1.50', 3], ['192.168.1.200', 4]] as const) {
      const world = await nameWorld()
      await world.advance(900)
      expect(said(world).length).toBe(1)
      hear(world, probe(address))
      await world.advance(900)
      hear(world, probe('192.168.1.9'))
      await world.advance(10_000)
      const kinds = said(world).map(({ packet }) => packet.type)
      expect(kinds.filter((kind) => kind === 'query').length).toBe(probes - 1)
    }
  })

  it('begins anew in each network, and says goodbye before it starts anew', async () => {
    const world = await namedWorld({ ...SETTINGS, homeassistant: true, mdns: 'attic', port: 1883 })
    delete world.driver.board.wifi.networks.home
    world.driver.board.wifi.lose()
    await world.advance(5_000)
    expect(said(world)).toEqual([])
    world.driver.board.wifi.networks.home = 'secret123'
    await world.advance(30_000)
    expect(kindsOf(said(world).at(-1)!)).toBe('PTR,PTR,SRV,TXT,A')
    await publish(await connect(world), 'midge/midge_000002/restart', 'PRESS')
    await world.advance(500)
    const goodbye = said(world).at(-1)!.packet.answers!
    expect(goodbye.map((answer) => (answer as { ttl: number }).ttl)).toEqual([0, 0, 0, 0, 0])
    expect(goodbye.at(-1)).toMatchObject({ name: 'attic.local' })
  })

  it('takes the port anew in each network, or says that the firmware has it', async () => {
    const world = await nameWorld()
    const { datagrams, output, wifi } = world.driver.board
    const isTaken = 'mDNS: the port is taken, by the firmware: it answers for its own name'
    await world.advance(3_000)
    expect(said(world).length).toBeGreaterThan(0)
    expect(output).not.toContain(isTaken)
    datagrams.taken.add(5_353)
    wifi.lose()
    await world.advance(10_000)
    expect(output).toContain(isTaken)
    expect(said(world)).toEqual([])
    datagrams.taken.delete(5_353)
    wifi.lose()
    await world.advance(10_000)
    expect(said(world).at(-1)!.packet.type).toBe('response')
    await world.close()
  })

  it.each(['', 'a b', '-a', 'a-', 'x'.repeat(33), 5, null])('is none with %j', async (mdns) => {
    const world = await nameWorld({ ...SETTINGS, mdns })
    await world.advance(10_000)
    expect(said(world)).toEqual([])
    expect(world.driver.board.output.join()).toContain('midge.json: mdns must be true, false or a name')
  })

  it('takes no harm of what is no packet', async () => {
    const world = await namedWorld()
    const ours = query([{ name: SERVICE, type: 'PTR' }],
      { answers: [{ name: SERVICE, type: 'PTR', ttl: 4_000, data: INSTANCE }] })
    for (let size = 0; size < ours.length; size++) hear(world, ours.subarray(0, size))
    await world.advance(3_000)
    expect(said(world)).toEqual([])
    // A name that refers to itself, to another that refers back, and beyond; counts of what is not there.
    const mark = Buffer.from('_mqtt')
    const head = Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    for (const name of [[0xc0, 12], [0xc0, 14, 0xc0, 12], [0xc1, 0xff], [1, 97, 0xc0, 12], [0xff, 0xff]]) {
      hear(world, Buffer.concat([head, Buffer.from(name), Buffer.from([0, 255, 0, 1]), mark]))
    }
    hear(world, Buffer.concat([Buffer.alloc(12, 0x7f), mark, Buffer.alloc(500, 0xc0)]))
    const countless = Buffer.concat([Buffer.alloc(4), Buffer.alloc(8, 255)])
    hear(world, Buffer.concat([countless, Buffer.alloc(490), mark]))
    const random = new Random(1)
    for (let round = 0; round < 1_000; round++) {
      const packet = Buffer.from(round % 2 ? ours : response({ name: HOST, type: 'A', ttl: 9, data: '192.168.1.50' }))
      for (let i = 0; i < 3; i++) packet[random.below(packet.length)] = random.below(256)
      hear(world, packet, round % 3 ? 5_353 : 40_000)
      if (round % 50 === 0) await world.advance(1_000)
    }
    await world.advance(30_000)
    said(world)
    expect((await answers(world, query([{ name: SERVICE, type: 'PTR' }]))).length).toBe(1)
    await world.close()
  })
})
