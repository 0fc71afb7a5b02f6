// The record store in a real Espruino, which ESPRUINO names: killed while it writes, and started again over its flash.

import { deepStrictEqual, ok } from 'node:assert'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'vitest'
import { bundleBoard } from '../../../scripts/build/bundle.mjs'
import { ESPRUINO, startEspruino } from '../../build/espruino'
import { RECORDS_MAKE } from '../../../scripts/lib/espruino.mjs'
import { RECORDS_BOARD, RECORDS_BUNDLE } from './records_harness'

const FLASH_FILE = 'espruino.flash'
const END = 'that is all'
const WAIT_MS_MAX = 60_000

/** Texts are in memory: the topic from 100 on, the payload from 200 on. */
const PREPARE = `records.memory.set("topic/abc",100);
records.memory.set("a payload of forty bytes, as sensors have",200);`

/** Counts and checks what is there. */
const LIST = `function list(){var n=0,bad=0,mark=0,u=records.next(0);
for(;u>0;u=records.next(u)){n++;mark+=records.marks(u)&1;
if(records.bytesAt(records.body(u),9)!=="topic/abc"&&records.kind(u)!==5)bad++}
return [n,bad,mark].join()}`

async function wait (done: () => boolean): Promise<void> {
  const endMs = performance.now() + WAIT_MS_MAX
  while (!done()) {
    ok(performance.now() < endMs, 'the interpreter does not answer')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** Runs a program until it says so, kills it, and answers what it printed and its flash. */
async function runProgram (program: string, until: string, flash?: Uint8Array): Promise<[string[], Uint8Array]> {
  const { code } = await bundleBoard(RECORDS_BOARD, RECORDS_BUNDLE)
  const script = `${RECORDS_MAKE}${code}\n(function(){${PREPARE}${LIST}\n${program}\nprint("${END}")})();`
  const run = startEspruino(script, flash && { [FLASH_FILE]: flash })
  try {
    await wait(() => run.output().includes(until) || run.child.exitCode !== null)
    run.child.kill('SIGKILL')
    const image = readFileSync(join(dirname(run.script), FLASH_FILE))
    return [run.output().split(/\r?\n/).map(line => line.trim()).filter(line => line && line !== END), image]
  } finally {
    run.remove()
  }
}

describe.skipIf(!ESPRUINO)('records in Espruino', () => {
  it('are added, marked, removed, moved, and there after a start', async () => {
    const [lines, flash] = await runProgram(`print(records.open());
      var one=records.add(3,100,9,200,31);print(records.kind(one),records.size(one),records.sequence(one));
      records.change(one,1);
      var big=records.reserve(5,10000);for(var i=0;i<10000;i+=333)records.fill(big,i,200,i+333>10000?10000-i:333);
      print(records.whole(big));
      for(i=0;i<3000;i++){if(records.add(1,100,9,200,31)<0)break;if(i%8==7)records.end()}records.end();
      print(list());
      var k=0;for(var u=records.next(0);u>0;u=records.next(u))if(k++%3)records.change(u,records.GONE);
      var moved=0;for(i=0;i<1000;i++)if(!records.clean(function(from,to){moved++},1))break;
      print(list(),records.open());`, END)
    deepStrictEqual(lines.slice(0, 4), ['0', '3 40 1', 'true', '3002,0,1'])
    const [again] = await runProgram('print(records.open(),list())', END, flash)
    deepStrictEqual(again, [lines[4].split(' ').reverse().join(' ')])
  })

  it('are there when the interpreter was killed while it wrote', async () => {
    let image: Uint8Array | undefined
    let least = 0
    for (let round = 0; round < 4; round++) {
      const [lines, flash] = await runProgram(`print("found",records.open(),list());
        for(var i=1;i<100000;i++){records.add(1,100,9,200,31);records.end();
        if(i%4===0)records.change(records.next(0),records.GONE);
        if(i%8===0)records.clean(function(){},1);if(i%50===0)print("at",i)}`, `at ${200 + 50 * round}`, image)
      const [, count, listed] = lines[0].split(' ')
      deepStrictEqual(listed.split(',').slice(0, 2), [count, '0'])
      ok(Number(count) >= least, `${count} of ${least}`)
      least = Number(count) + (200 + 50 * round) * 3 / 4 - 1
      image = flash
    }
  })
})
