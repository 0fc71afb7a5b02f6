// Both folders of subscriptions keep the contract. Types alone: no bundle has this file.
import type * as indexedDeliver from '../../src/subscriptions/indexed/deliver'
import type * as indexedKept from '../../src/subscriptions/indexed/kept'
import type * as indexedRetained from '../../src/subscriptions/indexed/retained_send'
import type * as indexedRoute from '../../src/subscriptions/indexed/route'
import type * as indexedSessionEnd from '../../src/subscriptions/indexed/session_end'
import type * as indexedTable from '../../src/subscriptions/indexed/table'
import type {
  Delivery, RetainedSending, Routes, SubscriptionTable, SubscriptionsEnd, SubscriptionsKept,
} from '../../src/subscriptions/contract'
import type * as walkedDeliver from '../../src/subscriptions/walked/deliver'
import type * as walkedKept from '../../src/subscriptions/walked/kept'
import type * as walkedRetained from '../../src/subscriptions/walked/retained_send'
import type * as walkedRoute from '../../src/subscriptions/walked/route'
import type * as walkedSessionEnd from '../../src/subscriptions/walked/session_end'
import type * as walkedTable from '../../src/subscriptions/walked/table'

type Checked<Contract, M extends Contract> = M

export type Subscriptions = [
  Checked<SubscriptionTable, typeof indexedTable>, Checked<SubscriptionTable, typeof walkedTable>,
  Checked<SubscriptionsEnd, typeof indexedSessionEnd>, Checked<SubscriptionsEnd, typeof walkedSessionEnd>,
  Checked<SubscriptionsKept, typeof indexedKept>, Checked<SubscriptionsKept, typeof walkedKept>,
  Checked<Routes, typeof indexedRoute>, Checked<Routes, typeof walkedRoute>,
  Checked<Delivery, typeof indexedDeliver>, Checked<Delivery, typeof walkedDeliver>,
  Checked<RetainedSending, typeof indexedRetained>, Checked<RetainedSending, typeof walkedRetained>,
]
