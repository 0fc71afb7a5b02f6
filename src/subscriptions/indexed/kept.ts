// Subscriptions of a computer are not kept as they stand in memory.
import type { Session, Table } from '../../kinds'

export const subscriptionTables = (_other: number): Table[] => []

export const keptWithSubscriptions = (): number => 0

export const subscriptionsKept = (_now: Session[]): void => undefined

export const subscriptionsNew = (): void => undefined
