// The packages of the engine's client, which nobody needs who has no cluster.
import type { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { Kvm } from '@nats-io/kv'
import type { connect } from '@nats-io/transport-node'

export interface EngineModules {
  connect: typeof connect
  jetstream: typeof jetstream
  jetstreamManager: typeof jetstreamManager
  Kvm: typeof Kvm
}

/** Rejects with a sentence where they are not there. */
export async function engineModules(): Promise<EngineModules> {
  try {
    const [transport, streams, kv] = await Promise.all([
      import('@nats-io/transport-node'), import('@nats-io/jetstream'), import('@nats-io/kv'),
    ])
    return {
      connect: transport.connect, jetstream: streams.jetstream, jetstreamManager: streams.jetstreamManager, Kvm: kv.Kvm,
    }
  } catch {
    const packages = '@nats-io/transport-node@3.3 @nats-io/jetstream@3.3 @nats-io/kv@3.3'
    throw new Error(`A cluster needs packages: npm install ${packages}`)
  }
}
