import { describe, expect, it } from 'vitest'
import { FlashMemory } from '../../src/simulator/flash_memory'
import { PAGE_SIZE, STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { RECORDS_END } from '../../src/flash/records_file'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { boot } from './boot'

const S = 'var s = require("Storage");'

/** A board that runs each statement and answers what it printed. */
const run = (program: string): string[] => boot(S + program).board.output

describe('Storage', () => {
  it('lies in flash as records: size, name of 28 bytes, data, padded to four', () => {
    const driver = new VirtualDriver({ files: { ab: 'hello', cd: 'x' } })
    const image = driver.board.flash.bytes.subarray(STORAGE_START)
    expect([...image.subarray(0, 8)]).toEqual([5, 0, 0, 0, 97, 98, 0, 0])
    expect(Buffer.from(image.subarray(32, 37)).toString()).toBe('hello')
    expect([...image.subarray(37, 48)]).toEqual([255, 255, 255, 1, 0, 0, 0, 99, 100, 0, 0])
    expect([...image.subarray(72, 80)]).toEqual([120, 255, 255, 255, 255, 255, 255, 255])
  })

  it('reads back whole, in part, as JSON and as a buffer', () => {
    expect(run(`s.write("a", "hello"); s.write("j", {port: 1}); var b = new Uint8Array(s.readArrayBuffer("a"));
      print(s.read("a"), s.read("a", 1, 3), s.readJSON("j").port, b[0], s.read("no"))`))
      .toEqual(['hello ell 1 104 undefined'])
  })

  it('writes relaxed JSON that strict readers refuse, and reads both', () => {
    expect(run('s.writeJSON("j", {port: 1884, "a-b": [1]}); print(s.read("j"), s.readJSON("j").port)'))
      .toEqual(['{port:1884,"a-b":[1]} 1884'])
  })

  it('cuts names to 28 bytes and refuses empty files', () => {
    expect(run(`s.write("x".repeat(40), "1"); print(s.list()[1].length);
      try { s.write("e", "") } catch (e) { print(e.message) }`)).toEqual(['28', "Can't create zero length file"])
  })

  it('appends a new record for each rewrite and leaves trash, but none for the same content', () => {
    expect(run(`s.write("a", "1"); var free = s.getFree(); s.write("a", "1"); print(free - s.getFree());
      s.write("a", "2"); print(free - s.getFree(), s.read("a"))`)).toEqual(['0', '36 2'])
  })

  it('fills a file of given size in parts, once', () => {
    expect(run(`s.write("f", "ab", 0, 6); s.write("f", "cd", 4); print(s.read("f").split("").map(function (c) {
      return c.charCodeAt(0) }).join());
      try { s.write("f", "zz", 4) } catch (e) { print(e.message) }
      try { s.write("f", "zzz", 4) } catch (e) { print(e.message) }`))
      .toEqual(['97,98,255,255,99,100', 'File already written with different data', 'Too much data for file size'])
  })

  it('erases, lists and compacts', () => {
    expect(run(`s.write("a", "1"); s.write("b", "2"); s.erase("a"); print(s.list().join(), s.getStats().trashBytes);
      s.compact(); print(s.list().join(), s.getStats().trashBytes, s.read("b"))`))
      .toEqual(['.bootcde,b 36', '.bootcde,b 0 2'])
  })

  it('compacts by itself when it is full, and says so when that does not help', () => {
    const driver = boot(S + `for (var i = 0; i < 5; i++) s.write("big", "x".repeat(300000 + i));
      print(s.read("big").length); try { s.write("more", "x".repeat(900000)) } catch (e) { print(e.message) }`)
    expect(driver.board.output).toEqual(['300004', 'Unable to find or create file'])
    expect(driver.board.flash.eraseCounts[STORAGE_START / 4096]).toBeGreaterThan(0)
  })

  it('begins with the file in which a broker keeps something, where its files have such a broker', () => {
    const { board } = new VirtualDriver({ files: { '.bootcde': 'print("midge.db")', 'hub.js': 'x' } })
    expect(board.storage.records().map(({ name, offset }) => [name, offset]))
      .toEqual([['midge.db', 0], ['.bootcde', RECORDS_END], ['hub.js', RECORDS_END + 52]])
    expect(run('print(s.list().join())')).toEqual(['.bootcde'])
  })

  it('compacts from the page on in which the first erased file begins, and tells of all that it writes', () => {
    const copy = new Uint8Array(STORAGE_START + STORAGE_SIZE).fill(0xff)
    const { board } = boot('var s = require("Storage"); "midge.db"', {
      flashChanged: (address, bytes) => copy.set(bytes, address),
    })
    board.flash.write(STORAGE_START + PAGE_SIZE, new Uint8Array([1, 2, 3, 4]))
    board.evaluate('s.write("a", "1"); s.write("a", "2"); s.compact()')
    expect(board.evaluate('s.getStats().trashBytes')).toBe(0)
    const pages = [...board.flash.eraseCounts.subarray(STORAGE_START / PAGE_SIZE).entries()]
    expect(pages.filter(([, count]) => count > 0)).toEqual([[RECORDS_END / PAGE_SIZE, 1]])
    expect(Buffer.compare(copy, board.flash.bytes)).toBe(0)
  })

  it('takes a whole image as its flash', () => {
    const first = boot(S + 's.write("keep", "me")')
    const second = new VirtualDriver({ flash: first.board.flash.bytes })
    second.start()
    expect(second.board.evaluate('require("Storage").read("keep")')).toBe('me')
    expect(first.board.flash.bytes.subarray(STORAGE_START).length).toBeGreaterThanOrEqual(STORAGE_SIZE)
  })
})

describe('Flash', () => {
  it('clears bits with a write and sets them only by the page', () => {
    const program = `var f = require("Flash"); f.write(new Uint8Array([0xf0, 1, 2, 3]), 0x310000);
      f.write(new Uint8Array([0x3f, 255, 255, 255]), 0x310000); print(f.read(4, 0x310000).join());
      f.erasePage(0x310123); print(f.read(4, 0x310000).join())`
    expect(boot(program).board.output).toEqual(['48,1,2,3', '255,255,255,255'])
  })

  it.each([0x30fffc, 0x320000, 0x360000])('stops a write at %s, which is not free', address => {
    const driver = boot(`require("Flash").write(new Uint8Array(4), ${address})`)
    expect(String(driver.board.uncaught[0])).toContain('not free')
  })

  it('keeps what was written before a power cut, and nothing after', () => {
    const driver = boot(`var f = require("Flash");
      function go () { f.write(new Uint8Array([1,2,3,4,5,6,7,8]), 0x310000);
      print("done") }`)
    driver.board.flash.operationsLeft = 1
    driver.board.evaluate('go()')
    expect(driver.board.powered).toBe(false)
    expect(driver.board.output).toEqual([])
    expect([...new FlashMemory(driver.board.flash.bytes).bytes.subarray(0x310000, 0x310008)])
      .toEqual([1, 2, 3, 4, 255, 255, 255, 255])
  })
})
