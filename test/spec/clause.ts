// A normative statement of a standard, as the tables list it.

export interface Clause {
  /** As the standard's Appendix B writes it: MQTT-3.1.0-1. */
  id: string
  /** What it asks, in short. */
  text: string
  binds: 'server' | 'client' | 'both'
  /** Why no case can prove it here. */
  notApplicable?: string
}

const clause = (binds: Clause['binds']) => (number: string, text: string, notApplicable?: string): Clause => ({
  id: `MQTT-${number}`, text, binds, ...(notApplicable === undefined ? {} : { notApplicable }),
})

export const server = clause('server')
export const client = clause('client')
export const both = clause('both')

/** Reasons that several statements share. */
export const NO_WEBSOCKET = 'WebSocket is a matter of a port: the core sees the bytes of its data frames'
export const NO_LIMIT_OF_QOS = 'the 5.0 server supports QoS 0, 1 and 2'
export const RETAIN_IS_SUPPORTED = 'the server supports retained messages'
export const ONE_COPY = 'overlapping subscriptions are sent one copy'
export const TRANSPORT = 'the network below the port is TCP, which is ordered and lossless'
