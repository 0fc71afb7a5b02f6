// The sessions of this gateway's core, as the cluster sees them: what their keys are to have, and how they end here.
import { QUOTA_EXCEEDED, SESSION_TAKEN_OVER } from '../../../codec/reason_code'
import type { createBroker } from 'midge-mqtt'
import type { ClusterRecords } from './cluster_records'
import { type HostedSession, type SessionState, stateOf } from './hosted_session'

const CONNECTED = 2

export class CoreSessions {
  private givings = 0

  constructor(
    private readonly instance: ReturnType<typeof createBroker>, private readonly records: ClusterRecords,
    private readonly node: () => string,
  ) {}

  isConnected(client: string): boolean {
    return this.instance.sessionState(Buffer.from(client)) === CONNECTED
  }

  /** What a session's key is to have; null: it is gone. */
  stateOf(hosted: HostedSession, cursor: number): SessionState | null {
    const { instance } = this
    const isConnected = instance.sessionState(hosted.bytes) === CONNECTED || performance.now() < hosted.expectedUntil
    return stateOf(hosted, this.node(), cursor, isConnected, instance.sessionWill(hosted.bytes))
  }

  /** A client is there, or has gone. */
  changed(client: string, isConnected: boolean): void {
    const hosted = this.records.hosted.get(client)
    if (!hosted) return
    if (isConnected) hosted.expectedUntil = 0
    this.records.touch(hosted, isConnected)
  }

  /** Ends the connection of a client, with its Will. */
  disconnect(client: string, reasonCode: number): void {
    this.instance.sessionDisconnect(Buffer.from(client), reasonCode)
  }

  /** Another gateway has written the session's key: nothing of it counts here, and nobody is told anything more. */
  lost(hosted: HostedSession): void {
    hosted.isLost = true
    this.instance.sessionCut(hosted.client, SESSION_TAKEN_OVER)
    this.give(hosted)
  }

  /** It cannot be kept: its client is told, and it is over. */
  end(hosted: HostedSession): void {
    hosted.isLost = true
    this.disconnect(hosted.client, QUOTA_EXCEEDED)
    this.instance.sessionForget(hosted.bytes)
  }

  /** It goes to another gateway. */
  give(hosted: HostedSession): void {
    this.records.drop(hosted)
    this.givings++
    this.instance.sessionForget(hosted.bytes)
    this.givings--
  }

  /** Whether one is just going. */
  get isGiving(): boolean {
    return this.givings > 0
  }
}
