// What the page shows beside the topics of $SYS: under $SYS/broker/dashboard/, for whoever may read that.
import { CONNECTIONS_MAX, MESSAGES_MAX, RETAINED_MAX, SESSIONS_MAX, SUBSCRIPTIONS_MAX } from '../../../limits'
import { VERSION } from '../../../version'
import type { createBroker } from 'midge-mqtt'
import type { BrokerOptions } from '../library/api'
import { statisticsOf } from '../library/statistics'

type Instance = ReturnType<typeof createBroker>

/** Clients that are told of. */
const CLIENTS_MAX = 200
/** Characters of a text that a client chose. */
const TEXT_SIZE_MAX = 256

const bounded = (text: string | undefined): string | undefined =>
  text !== undefined && text.length > TEXT_SIZE_MAX ? `${text.slice(0, TEXT_SIZE_MAX)}…` : text

function clients(instance: Instance): object {
  const looks = instance.clientLooks(CLIENTS_MAX)
  return {
    total: instance.clients().length,
    clients: looks.map((look) => ({
      ...look, id: bounded(look.id), user: bounded(look.user), address: bounded(look.address), will: bounded(look.will),
    })),
  }
}

function limits({ limits: { connections = CONNECTIONS_MAX, sessions = SESSIONS_MAX } = {} }: BrokerOptions): object {
  return {
    connections: Math.min(connections, CONNECTIONS_MAX), sessions: Math.min(sessions, SESSIONS_MAX),
    subscriptions: SUBSCRIPTIONS_MAX, retained: RETAINED_MAX, messages: MESSAGES_MAX,
  }
}

/** The limits that were set, by names for people: emptyClientIdentifier is "empty client identifier". */
function settings({ allowAnonymous, limits: set = {}, persistence, bridges = [], payloadRules = [] }: BrokerOptions,
): object {
  const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return {
    version: `Midge ${VERSION}, Node.js ${process.versions.node}`,
    'clients without a user': allowAnonymous === undefined ? 'by listener' : allowAnonymous ? 'let in' : 'refused',
    'what is acknowledged is kept in': persistence?.location ?? 'memory alone',
    bridges: bridges.map(({ name }) => name).join(', ') || 'none',
    'rules for payloads': payloadRules.length,
    ...Object.fromEntries(Object.entries(set).map(([name, value]) => [words(name), value])),
  }
}

/** The reports by what stands behind $SYS/broker/dashboard/. */
export const reportsOf = (instance: Instance, options: BrokerOptions): Record<string, object> => ({
  limits: limits(options),
  numbers: {
    ...statisticsOf(instance), uptime: Math.round(performance.now() / 1_000), 'heap/current': process.memoryUsage.rss(),
  },
  clients: clients(instance),
  settings: settings(options),
})
