// A home lives for some days, and what its flash has borne is told.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SECTORS } from './power'
import { DAY_MS, YearHome } from './home'

/** Erases that a sector is good for, by the makers of such flash. */
const SECTOR_ERASES = 100_000
const YEAR_DAYS = 365
/** Days between two lines of the report. */
const LINE_DAYS = 5

export interface Wear {
  days: number
  bytes: number
  erases: number
  /** Of a sector. */
  least: number
  most: number
  /** That all sectors last together, and the one that was erased most. */
  years: number
  yearsOfWorst: number
}

export function wearOf(home: YearHome): Wear {
  const erases = home.power.erases()
  const sum = erases.reduce((total, count) => total + count, 0)
  const [least, most] = [Math.min(...erases), Math.max(...erases)]
  const days = home.now / DAY_MS
  const yearsAt = (count: number): number => SECTOR_ERASES / (count / days * YEAR_DAYS)
  return {
    days, bytes: home.power.bytesWritten, erases: sum, least, most, years: yearsAt(sum / SECTORS),
    yearsOfWorst: yearsAt(most),
  }
}

/** Bytes that this process holds for good. */
function heapNow(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed
}

const line = (home: YearHome, heap: number): string => {
  const { days, bytes, erases, least, most, years, yearsOfWorst } = wearOf(home)
  return `day ${Math.round(days)}: ${home.messages} messages, ${home.powerCuts} cuts, ${home.dropped} dropped at `
    + `QoS 0, ${home.refusals} refused, ${home.alarms.arrived} alarms; ${(bytes / 1e6).toFixed(1)} MB, ${erases} `
    + `erases, ${least} to ${most} of a sector, ${years.toFixed(1)} years, of the worst `
    + `${yearsOfWorst.toFixed(1)}; ${home.ledger.count} retained, heap ${(heap / 1e6).toFixed(1)} MB`
}

export interface Told { home: YearHome, wear: Wear, heapFirst: number, heapLast: number }

/** Throws where something is lost, or invented, and says how to repeat it. */
export function liveFor(days: number, seed: number, cutEveryMs: number, tell: (text: string) => void): Told {
  const home = new YearHome(seed, cutEveryMs)
  let heapFirst = 0
  let heapLast = 0
  try {
    for (let day = Math.min(1, days); ; day = Math.min(days, day + LINE_DAYS)) {
      home.live(day * DAY_MS)
      heapLast = heapNow()
      heapFirst ||= heapLast
      tell(line(home, heapLast))
      if (day >= days) break
    }
  } catch (error) {
    const again = `npm run sim -- --days ${days} --seed ${seed}`
    throw new Error(`${(error as Error).message}, on day ${(home.now / DAY_MS).toFixed(3)}\n${again}\n`
      + home.power.output().slice(-10).join('\n'), { cause: error })
  }
  for (const text of home.lines) tell(text)
  return { home, wear: wearOf(home), heapFirst, heapLast }
}
