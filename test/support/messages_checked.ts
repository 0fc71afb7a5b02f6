// Both folders of messages keep their contract. Types alone: no bundle has this file.
import type * as columnsAgain from '../../src/messages/columns/retained_again'
import type * as columnsRecords from '../../src/messages/columns/message_record'
import type * as columnsRetained from '../../src/messages/columns/retained_table'
import type * as columnsTable from '../../src/messages/columns/message_table'
import type * as mappedAgain from '../../src/messages/mapped/retained_again'
import type * as mappedRecords from '../../src/messages/mapped/message_record'
import type * as mappedRetained from '../../src/messages/mapped/retained_table'
import type * as mappedTable from '../../src/messages/mapped/message_table'
import type * as columnsWaiting from '../../src/messages/columns/retained_waiting'
import type * as mappedWaiting from '../../src/messages/mapped/retained_waiting'
import type {
  MessageRecords, MessageTable, RetainedAgain, RetainedTable, RetainedWaiting,
} from '../../src/messages/contract'

type Checked<Contract, Module extends Contract> = [Contract, Module]

export type Messages = [
  Checked<MessageTable, typeof columnsTable>, Checked<MessageTable, typeof mappedTable>,
  Checked<MessageRecords, typeof columnsRecords>, Checked<MessageRecords, typeof mappedRecords>,
  Checked<RetainedAgain, typeof columnsAgain>, Checked<RetainedAgain, typeof mappedAgain>,
  Checked<RetainedWaiting, typeof columnsWaiting>, Checked<RetainedWaiting, typeof mappedWaiting>,
  Checked<RetainedTable, typeof columnsRetained>, Checked<RetainedTable, typeof mappedRetained>,
]
