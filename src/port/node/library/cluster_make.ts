// A broker that is one with others: its engine is only loaded where there are some.
import type { createBroker } from 'midge-mqtt'
import type { Cluster } from '../cluster/cluster'
import type { BrokerOptions, ClusterEvent } from './api'

/** Nobody is let in before `open` of what it answers has been waited for: then it has what the others have. */
export async function clusterMake(
  instance: ReturnType<typeof createBroker>, { cluster, persistence, bridges }: BrokerOptions,
  told: (event: ClusterEvent) => void,
): Promise<Cluster> {
  if (persistence || bridges?.length) throw new Error('A cluster goes without persistence and without bridges.')
  const { Cluster: Made } = await import('midge-mqtt/cluster')
  return Made.make(instance, cluster!, told)
}
