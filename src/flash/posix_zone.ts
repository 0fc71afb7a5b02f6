// A time zone as POSIX writes one in TZ (IEEE Std 1003.1, 8.3), in the numbers of the engine: what the extension m.time
// gives to its E.setTimeZone and E.setDST. In the language that a board runs, as that extension has it too.

/** Days of a month's week 5 are the last ones; the engine counts from 0. */
const WEEK_LAST = 5

/**
 * `CET-1CEST,M3.5.0,M10.5.0/3`: the twelve numbers of E.setDST; `<+0530>-5:30`: one number, minutes east of Greenwich;
 * undefined where it is neither. A summer time must say when it begins and ends, by a month, a week and a day.
 */
export function posixZone (rule: string): number[] | undefined {
  let rest = rule
  const take = (pattern: RegExp): string => {
    const found = rest.match(pattern)
    const text = found ? found[0] : ''
    rest = rest.substr(text.length)
    return text
  }
  const takeName = (): string => take(/^[A-Za-z]+/) || take(/^<[A-Za-z0-9+-]+>/)
  const takeMinutes = (unless: number): number => {
    const sign = take(/^[+-]/)
    // The engine's regular expressions have no question mark.
    const parts = take(/^[0-9:]+/).split(':')
    if (!parts[0]) return sign ? NaN : unless
    const minutes = parseInt(parts[0], 10) * 60 + parseInt(parts[1] || '0', 10)
    return sign === '-' ? -minutes : minutes
  }
  const numbers: number[] = []
  const takeDay = (): void => {
    const parts = take(/^,M[0-9]+\.[0-9]\.[0-9]/).substr(2).split('.')
    const month = parseInt(parts[0], 10)
    const week = parseInt(parts[1], 10)
    const day = parseInt(parts[2], 10)
    if (!(month >= 1 && month <= 12 && week >= 1 && week <= WEEK_LAST && day <= 6)) numbers.push(NaN)
    numbers.push(week - 1, day, month - 1, 0, take(/^\//) ? takeMinutes(NaN) : 120)
  }
  if (takeName().length < 3) return undefined
  // West is positive there, and 0 is not to be -0.
  const standard = 0 - takeMinutes(NaN)
  const summerName = takeName()
  if (summerName) {
    const summer = -takeMinutes(-60 - standard)
    numbers.push(summer - standard, standard)
    takeDay()
    takeDay()
  } else numbers.push(standard)
  // What is no number is not equal to itself.
  return rest || summerName && !numbers[0] || numbers.some(number => number !== number) ? undefined : numbers
}
