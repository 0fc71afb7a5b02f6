// What a board's constants must fulfil, beside their types. The build asks before it builds (scripts/build/make.mjs),
// whether the board has assertions or not; no bundle contains it.
import * as board from 'board'
import {
  CLIENT_IDENTIFIER_SIZE_MAX, CONNECTIONS_MAX, FEATURE_ACCESS, FEATURE_AUTHORIZE, FEATURE_BOARD_SERVICES,
  FEATURE_BRIDGE, FEATURE_BRIDGED, FEATURE_BRIDGE_LEVEL, FEATURE_CLUSTERED, FEATURE_HASH, FEATURE_INDEX, FEATURE_LANE,
  FEATURE_RECORDS, FEATURE_SETTINGS, FEATURE_SPOOL, FEATURE_STREAM, FEATURE_SYS_LOADS, FEATURE_SYS_TRAFFIC,
  FEATURE_WAIT, INFLIGHT_MAX, LARGE_AT_ONCE, MEMORY_SIZE_MOST, MESSAGES_MAX, PACKET_HELD_MAX, PACKET_SIZE_MAX,
  POOL_BLOCKS_LEAST, POOL_BLOCKS_MAX, POOL_BLOCKS_RESERVED, POOL_BLOCKS_RX, POOL_BLOCKS_UNRECORDED, POOL_BLOCK_SIZE,
  QUEUE_MAX, QUEUE_ROWS_LEAST, QUEUE_ROWS_MAX, RECORDS_MAPPED, REMAINING_LENGTH_MAX, RETAINED_LEAST, RETAINED_MAX,
  ROUTE_TARGETS_MAX, RX_ONE, RX_RING_SIZE, RX_SHARED, SESSIONS_MAX, SLOTS_MAX, SUBSCRIPTIONS_LEAST, SUBSCRIPTIONS_MAX,
  TABLES_FIT, TABLES_GROW, VARIABLES_LEAST, VARIABLES_MOST,
} from './limits'

/** Bytes of a CONNECT or a CONNACK beside the Client Identifier, without a Will or credentials. */
const CONNECT_REST = 20
/** Bytes of a PUBLISH that has 64 sectors and one to lie in: flash/record_format.ts. */
const RECORD_SECTORS_SIZE = 260_000

interface Demand { holds: boolean, sentence: string }

const demand = (holds: boolean, sentence: string): Demand => ({ holds, sentence })

/** Each with the sentence that the build ends with where it does not hold. */
const DEMANDS = [
  demand(TABLES_GROW || MEMORY_SIZE_MOST < 32_768,
    `memory is ${MEMORY_SIZE_MOST} bytes, and a board addresses it with 15 bits: lower POOL_BLOCKS_MAX`),
  demand(TABLES_GROW || Math.max(SESSIONS_MAX, SLOTS_MAX) <= 128,
    'SESSIONS_MAX and CONNECTIONS_MAX + 1 have 8 bits on a board: at most 128 each'),
  demand(TABLES_GROW || RECORDS_MAPPED || RETAINED_MAX <= 128,
    'RETAINED_MAX has 8 bits on a board without RECORDS_MAPPED: at most 128'),
  demand(TABLES_GROW || !RECORDS_MAPPED || RETAINED_MAX < 0x3ff,
    'RETAINED_MAX has 10 bits on a board with RECORDS_MAPPED: at most 1,022'),
  demand(FEATURE_INDEX || SUBSCRIPTIONS_MAX < 0xffff,
    'SUBSCRIPTIONS_MAX has 16 bits without FEATURE_INDEX: at most 65,534'),
  demand(ROUTE_TARGETS_MAX >= SUBSCRIPTIONS_MAX,
    'ROUTE_TARGETS_MAX must hold a topic that matches every subscription: at least SUBSCRIPTIONS_MAX'),
  demand(!FEATURE_LANE || !FEATURE_INDEX && FEATURE_HASH,
    'FEATURE_LANE reads the marks of subscriptions/walked: FEATURE_INDEX off and FEATURE_HASH on'),
  demand(!FEATURE_AUTHORIZE || FEATURE_ACCESS, 'FEATURE_AUTHORIZE needs FEATURE_ACCESS'),
  demand(!FEATURE_BRIDGED && !FEATURE_BRIDGE || FEATURE_BRIDGE_LEVEL,
    'FEATURE_BRIDGED and FEATURE_BRIDGE need FEATURE_BRIDGE_LEVEL'),
  demand(!FEATURE_CLUSTERED || FEATURE_RECORDS && TABLES_GROW,
    'FEATURE_CLUSTERED needs FEATURE_RECORDS and TABLES_GROW'),
  demand(!FEATURE_BRIDGE || FEATURE_BOARD_SERVICES, 'FEATURE_BRIDGE needs FEATURE_BOARD_SERVICES'),
  demand(!FEATURE_SYS_LOADS || FEATURE_SYS_TRAFFIC, 'FEATURE_SYS_LOADS needs FEATURE_SYS_TRAFFIC'),
  demand(TABLES_GROW || RECORDS_MAPPED || PACKET_SIZE_MAX < 0x1_0000,
    'PACKET_SIZE_MAX has 16 bits on a board without RECORDS_MAPPED: at most 65,535'),
  demand(TABLES_GROW || !RECORDS_MAPPED || PACKET_SIZE_MAX <= RECORD_SECTORS_SIZE,
    `PACKET_SIZE_MAX is what a record has sectors for with RECORDS_MAPPED: at most ${RECORD_SECTORS_SIZE}`),
  demand(PACKET_SIZE_MAX <= REMAINING_LENGTH_MAX, 'PACKET_SIZE_MAX is a Remaining Length: at most 268,435,455'),
  demand(!FEATURE_SPOOL || RX_SHARED && FEATURE_SETTINGS && FEATURE_WAIT && LARGE_AT_ONCE,
    'FEATURE_SPOOL needs RX_SHARED, FEATURE_SETTINGS, FEATURE_WAIT and a TX_CREDIT_SIZE below PACKET_SIZE_MAX'),
  demand(!(RX_ONE && RX_SHARED), 'RX_ONE is for boards and RX_SHARED for computers: not both'),
  demand(RX_SHARED === TABLES_GROW, 'RX_SHARED and TABLES_GROW go together'),
  demand(!RX_ONE || RX_RING_SIZE % POOL_BLOCK_SIZE === 0, 'RX_RING_SIZE must be a multiple of POOL_BLOCK_SIZE'),
  demand(RX_SHARED || CLIENT_IDENTIFIER_SIZE_MAX + CONNECT_REST <= RX_RING_SIZE,
    `CLIENT_IDENTIFIER_SIZE_MAX must fit RX_RING_SIZE with ${CONNECT_REST} bytes beside it`),
  demand(!FEATURE_STREAM || PACKET_HELD_MAX > RX_RING_SIZE && PACKET_HELD_MAX < POOL_BLOCKS_MAX * POOL_BLOCK_SIZE,
    'PACKET_HELD_MAX must be more than RX_RING_SIZE and less than the pool'),
  demand(POOL_BLOCKS_RESERVED < POOL_BLOCKS_MAX, 'POOL_BLOCKS_RESERVED must be less than POOL_BLOCKS_MAX'),
  demand(RECORDS_MAPPED || POOL_BLOCKS_RESERVED >= POOL_BLOCKS_RX,
    `POOL_BLOCKS_RESERVED must be at least ${POOL_BLOCKS_RX}: messages leave as much to packets that are not complete `
    + 'as sessions do'),
  demand(!TABLES_FIT || RECORDS_MAPPED, 'TABLES_FIT needs RECORDS_MAPPED: what has no room stays in its record'),
  demand(!TABLES_FIT || VARIABLES_LEAST < VARIABLES_MOST, 'VARIABLES_LEAST must be less than VARIABLES_MOST'),
  demand(!TABLES_FIT || SUBSCRIPTIONS_LEAST <= SUBSCRIPTIONS_MAX && RETAINED_LEAST <= RETAINED_MAX
    && QUEUE_ROWS_LEAST <= QUEUE_ROWS_MAX && POOL_BLOCKS_LEAST <= POOL_BLOCKS_MAX,
  'The least of a table that fits itself cannot be more than its limit'),
  demand(!TABLES_FIT || POOL_BLOCKS_LEAST > POOL_BLOCKS_UNRECORDED,
    `POOL_BLOCKS_LEAST must be more than the ${POOL_BLOCKS_UNRECORDED} that messages leave`),
  demand(!RECORDS_MAPPED || SUBSCRIPTIONS_MAX > 254 || QUEUE_ROWS_MAX <= 255,
    'QUEUE_ROWS_MAX has 8 bits where SUBSCRIPTIONS_MAX has with RECORDS_MAPPED: at most 255'),
  demand(QUEUE_MAX <= QUEUE_ROWS_MAX, 'QUEUE_MAX cannot be more than QUEUE_ROWS_MAX'),
  demand(INFLIGHT_MAX <= QUEUE_MAX, 'INFLIGHT_MAX cannot be more than QUEUE_MAX'),
  demand(RECORDS_MAPPED || RETAINED_MAX <= MESSAGES_MAX, 'RETAINED_MAX cannot be more than MESSAGES_MAX'),
  demand(CONNECTIONS_MAX <= SESSIONS_MAX, 'CONNECTIONS_MAX cannot be more than SESSIONS_MAX: each has one'),
]

/** What is wrong with the board, as sentences; empty: it can be built. */
export function checkBoard(): string[] {
  const constants = board as Record<string, unknown>
  const isWrong = (value: unknown): boolean => typeof value === 'number' && (!Number.isInteger(value) || value < 0)
  const wrong = Object.keys(board).filter((name) => isWrong(constants[name]))
    .map((name) => `${name} is ${String(constants[name])}, and must be a whole number of at least 0`)
  return wrong.concat(DEMANDS.filter((one) => !one.holds).map((one) => one.sentence))
}
