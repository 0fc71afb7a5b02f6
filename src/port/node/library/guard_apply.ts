// Bounds for clients and addresses in words become those of a broker.
import type { createBroker } from 'midge-mqtt'
import type { GuardOptions } from './api'

type Guarded = Pick<ReturnType<typeof createBroker>, 'guardSet'>

/** Applies what is said; throws a sentence where a number is none. */
export function guardApply({ guardSet }: Guarded, options: GuardOptions): void {
  const { client, address, addressConnections, delayAfter, banAfter, banSeconds, excess = 'wait' } = options
  const numbers = {
    'client.messages': client?.messages, 'client.bytes': client?.bytes, 'address.messages': address?.messages,
    'address.bytes': address?.bytes, addressConnections, delayAfter, banAfter, banSeconds,
  }
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined || Number.isSafeInteger(value) && value > 0) continue
    throw new RangeError(`guard.${name} is ${value}; it goes from 1 to any number.`)
  }
  if (excess !== 'wait' && excess !== 'disconnect') {
    throw new TypeError(`guard.excess is ${String(excess)}; say wait or disconnect.`)
  }
  guardSet(options)
}
