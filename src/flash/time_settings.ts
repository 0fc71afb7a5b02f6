// What midge.json says of times: what a schema cannot know of it, and the zone as a board is told it.

import type { ConfigurationFault } from './configuration'
import { zoneRule } from './time_zone'
import { timeOfDay, whenOf } from './when'

interface TimeSettings { zone?: string, latitude?: number, longitude?: number }

interface RuleSettings { when?: unknown, at?: string, cron?: string, between?: string[], for?: number }

/** Whether a text can be read. */
function isRead (read: (text: string) => unknown, text: string): boolean {
  try {
    read(text)
    return true
  } catch {
    return false
  }
}

function zoneFault ({ zone }: TimeSettings): string {
  try {
    if (zone !== undefined) zoneRule(zone)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

/** What is wrong with a rule, apart from what the schema says, under the member it is about. */
function ruleFaults (rule: RuleSettings, time: TimeSettings | undefined): [member: string, expected: string][] {
  const { when, at, cron, between = [] } = rule
  const asked = [when, at, cron].filter(member => member !== undefined)
  if (asked.length !== 1) return [['', 'must have "when", "at" or "cron", one of them']]
  const faults: [string, string][] = []
  if (rule.for !== undefined && when === undefined) faults.push(['', 'has "for", which goes with "when"'])
  if (at !== undefined && !isRead(whenOf, at)) faults.push([', "at"', 'must be a time, as 07:00 or mon-fri sunset-30'])
  if (cron !== undefined && !isRead(whenOf, cron)) faults.push([', "cron"', 'must be five fields, as */5 6-9 * * 1-5'])
  if (rule.between && (between.length !== 2 || !between.every(one => isRead(timeOfDay, one)))) {
    faults.push([', "between"', 'must be a list of two times, as ["22:00", "sunrise"]'])
  }
  const isByTime = at ?? cron ?? rule.between
  if (isByTime && !time) faults.push(['', 'goes by the time, which needs "time"'])
  const isBySun = [at ?? '', ...between].some(text => text.includes('sunrise') || text.includes('sunset'))
  if (isBySun && time && time.latitude === undefined) {
    faults.push(['', 'goes by the sun, which needs "latitude" and "longitude" in "time"'])
  }
  return faults
}

/** Faults of settings that are as the schema has them. */
export function timeFaults (settings: Record<string, unknown>): ConfigurationFault[] {
  const time = settings.time as TimeSettings | undefined
  const rules = (settings.rules ?? []) as RuleSettings[]
  const faults: ConfigurationFault[] = rules.flatMap((rule, index) => ruleFaults(rule, time).map(([member, expected]) =>
    ({ key: 'rules', where: `"rules", entry ${index + 1}${member}`, expected })))
  if (!time) return faults
  const zone = zoneFault(time)
  if (zone) faults.unshift({ key: 'time', where: '"time", "zone"', expected: zone })
  if ((time.latitude === undefined) !== (time.longitude === undefined)) {
    faults.unshift({ key: 'time', where: '"time"', expected: 'must have "latitude" and "longitude", or neither' })
  }
  return faults
}

/** The same settings, with the rule of a zone in the place of its name. */
export function zoneTold (settings: Record<string, unknown>): Record<string, unknown> {
  const time = settings.time as TimeSettings | undefined
  return time?.zone === undefined ? settings : { ...settings, time: { ...time, zone: zoneRule(time.zone) } }
}
