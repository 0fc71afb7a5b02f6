// Topic lines by which messages would come round in a circle by themselves, as they stand: what one bridge brings in
// from a broker, another one carries out to the same broker, where the first one gets it again. One bridge alone does
// not get back what it has sent, by No Local and by the bit of a bridge.
import { filtersMeet } from '../../../client/topic_filter'
import type { TopicLine } from '../../../client/topic_map'
import type { BridgeTerms } from './bridge_terms'

function isSameBroker(one: BridgeTerms, other: BridgeTerms): boolean {
  return one.addresses.some(({ host, port }) =>
    other.addresses.some((address) => address.host === host && address.port === port))
}

/** Whether what the one line brings in goes out by the other, and is what the first one brings in again. */
function isCircle(comesIn: TopicLine, goesOut: TopicLine): boolean {
  if (comesIn.direction === 'out' || goesOut.direction === 'in') return false
  return filtersMeet(comesIn.localPrefix + comesIn.pattern, goesOut.localPrefix + goesOut.pattern)
    && filtersMeet(comesIn.remotePrefix + comesIn.pattern, goesOut.remotePrefix + goesOut.pattern)
}

/** A sentence for each pair of bridges that would make a circle. */
export function circlesOf(all: BridgeTerms[]): { bridge: string, message: string }[] {
  return all.flatMap((one) => all.filter((other) => other !== one && isSameBroker(one, other)).flatMap((other) => {
    const line = one.lines.find((comesIn) => other.lines.some((goesOut) => isCircle(comesIn, goesOut)))
    if (!line) return []
    const filter = line.remotePrefix + line.pattern
    return [{
      bridge: one.name,
      message: `what it brings in as ${filter} goes out to the same broker by bridge ${other.name}, and comes back: `
        + 'carry each topic by one bridge',
    }]
  }))
}
