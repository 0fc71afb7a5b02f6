// Times as strftime writes them (POSIX), in local time: log_timestamp_format of mosquitto.conf.

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
  'November', 'December']

const two = (value: number): string => String(value).padStart(2, '0')
const DAY_MS = 86_400_000

function dayOfYear(time: Date): number {
  const year = time.getFullYear()
  return (Date.UTC(year, time.getMonth(), time.getDate()) - Date.UTC(year, 0, 0)) / DAY_MS
}

/** Minutes east of Greenwich as +hhmm. */
function zoneOf(time: Date): string {
  const minutes = -time.getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}${two(size % 60)}`
}

const PARTS: Record<string, (time: Date) => string> = {
  Y: (time) => String(time.getFullYear()),
  y: (time) => two(time.getFullYear() % 100),
  m: (time) => two(time.getMonth() + 1),
  d: (time) => two(time.getDate()),
  e: (time) => String(time.getDate()).padStart(2),
  j: (time) => String(dayOfYear(time)).padStart(3, '0'),
  H: (time) => two(time.getHours()),
  I: (time) => two(time.getHours() % 12 || 12),
  M: (time) => two(time.getMinutes()),
  S: (time) => two(time.getSeconds()),
  p: (time) => time.getHours() < 12 ? 'AM' : 'PM',
  A: (time) => DAYS[time.getDay()],
  a: (time) => DAYS[time.getDay()].slice(0, 3),
  B: (time) => MONTHS[time.getMonth()],
  b: (time) => MONTHS[time.getMonth()].slice(0, 3),
  h: (time) => MONTHS[time.getMonth()].slice(0, 3),
  s: (time) => String(Math.trunc(time.getTime() / 1_000)),
  z: zoneOf,
  Z: (time) => /\(([^)]*)\)/.exec(time.toString())?.[1] ?? '',
  F: (time) => timeFormatted('%Y-%m-%d', time),
  T: (time) => timeFormatted('%H:%M:%S', time),
  R: (time) => timeFormatted('%H:%M', time),
  D: (time) => timeFormatted('%m/%d/%y', time),
  c: (time) => timeFormatted('%a %b %e %H:%M:%S %Y', time),
  x: (time) => timeFormatted('%m/%d/%y', time),
  X: (time) => timeFormatted('%H:%M:%S', time),
  n: () => ' ',
  t: () => ' ',
  '%': () => '%',
}

/** A time by a format; a conversion that is not known stays as it is. */
export function timeFormatted(format: string, time: Date): string {
  return format.replace(/%[EO]?(.)/g, (whole, letter: string) =>
    Object.hasOwn(PARTS, letter) ? PARTS[letter](time) : whole)
}
