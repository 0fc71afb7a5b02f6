// Makes what a cluster has in the engine, where it is not there.
import type { JetStreamManager } from '@nats-io/jetstream'
import type { KV, Kvm } from '@nats-io/kv'
import { BUCKETS, type Bucket } from './engine_terms'

export async function logMake(
  manager: JetStreamManager, name: string, subject: string, replicas: number,
): Promise<void> {
  const known = await manager.streams.info(name).catch(() => null)
  if (!known) await manager.streams.add({ name, subjects: [subject], num_replicas: replicas, allow_direct: true })
}

/** `replicas` null: they are there. */
export async function bucketsOpen(
  kvm: Kvm, prefix: string, replicas: number | null, timeout: number,
): Promise<Map<Bucket, KV>> {
  const found = new Map<Bucket, KV>()
  for (const bucket of BUCKETS) {
    const name = `${prefix}_${bucket}`
    found.set(bucket, replicas === null
      ? await kvm.open(name, { allow_direct: false, timeout })
      : await kvm.create(name, { history: 1, replicas, allow_direct: false, timeout }))
  }
  return found
}
