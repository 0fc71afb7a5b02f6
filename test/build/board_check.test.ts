// A board whose constants do not go together is refused before anything is built of it.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkBoard } from '../../scripts/build/board_check.mjs'
import { boardNames } from '../../scripts/lib/board.mjs'
import { ROOT } from '../../scripts/lib/root.mjs'

const check = (name: string, overrides: Record<string, unknown> = {}): Promise<void> =>
  checkBoard(name, join(ROOT, 'boards', `${name}.ts`), overrides)

describe('the constants of a board', () => {
  it.each([...boardNames(), 'test'])('%s goes together', async name => {
    await check(name)
  })

  const wrong: [what: Record<string, unknown>, says: string][] = [
    [{ POOL_BLOCKS_MAX: 3_000 }, 'a board addresses it with 15 bits'],
    [{ SESSIONS_MAX: 129 }, 'at most 128 each'],
    [{ SUBSCRIPTIONS_MAX: 65_535, ROUTE_TARGETS_MAX: 65_535 }, 'at most 65,534'],
    [{ RECORDS_MAPPED: false, RETAINED_MAX: 129 }, 'at most 128'],
    [{ RETAINED_MAX: 1_023, MESSAGES_MAX: 1_100 }, 'at most 1,022'],
    [{ ROUTE_TARGETS_MAX: 10 }, 'at least SUBSCRIPTIONS_MAX'],
    [{ FEATURE_INDEX: true }, 'FEATURE_LANE reads the marks'],
    [{ FEATURE_ACCESS: false, FEATURE_AUTHORIZE: true }, 'FEATURE_AUTHORIZE needs FEATURE_ACCESS'],
    [{ FEATURE_BRIDGE_LEVEL: false }, 'need FEATURE_BRIDGE_LEVEL'],
    [{ FEATURE_BOARD_SERVICES: false }, 'FEATURE_BRIDGE needs FEATURE_BOARD_SERVICES'],
    [{ FEATURE_SYS_TRAFFIC: false, FEATURE_SYS_LOADS: true }, 'FEATURE_SYS_LOADS needs FEATURE_SYS_TRAFFIC'],
    [{ RECORDS_MAPPED: false, RETAINED_MAX: 64, PACKET_SIZE_MAX: 70_000 }, 'at most 65,535'],
    [{ PACKET_SIZE_MAX: 300_000_000 }, 'at most 268,435,455'],
    [{ RX_SHARED: true }, 'RX_SHARED and TABLES_GROW go together'],
    [{ RX_RING_SIZE: 390 }, 'a multiple of POOL_BLOCK_SIZE'],
    [{ CLIENT_IDENTIFIER_SIZE_MAX: 600 }, 'must fit RX_RING_SIZE'],
    [{ PACKET_HELD_MAX: 100 }, 'PACKET_HELD_MAX must be more than RX_RING_SIZE'],
    [{ POOL_BLOCKS_RESERVED: 896 }, 'POOL_BLOCKS_RESERVED must be less'],
    [{ RECORDS_MAPPED: false, POOL_BLOCKS_RESERVED: 69 }, 'POOL_BLOCKS_RESERVED must be at least 70'],
    [{ SUBSCRIPTIONS_MAX: 254, ROUTE_TARGETS_MAX: 254 }, 'at most 255'],
    [{ QUEUE_MAX: 257 }, 'QUEUE_MAX cannot be more than QUEUE_ROWS_MAX'],
    [{ INFLIGHT_MAX: 129 }, 'INFLIGHT_MAX cannot be more than QUEUE_MAX'],
    [{ RECORDS_MAPPED: false, RETAINED_MAX: 100, MESSAGES_MAX: 99 }, 'RETAINED_MAX cannot be more than MESSAGES_MAX'],
    [{ RETAINED_LEAST: 601 }, 'The least of a table that fits itself'],
    [{ VARIABLES_LEAST: 4_300 }, 'VARIABLES_LEAST must be less than VARIABLES_MOST'],
    [{ RECORDS_MAPPED: false, RETAINED_MAX: 64 }, 'TABLES_FIT needs RECORDS_MAPPED'],
    [{ CONNECTIONS_MAX: 17 }, 'CONNECTIONS_MAX cannot be more than SESSIONS_MAX'],
    [{ SESSIONS_MAX: 16.5 }, 'SESSIONS_MAX is 16.5'],
  ]
  it.each(wrong)('%o is refused', async (overrides, says) => {
    await expect(check('esp32', overrides)).rejects.toThrow(says)
  })

  it('are refused with everything that is wrong, and the file', async () => {
    const refusal = check('esp32', { QUEUE_MAX: 257, PACKET_HELD_MAX: 100 })
    await expect(refusal).rejects.toThrow(/boards\/esp32\.ts:[^]*PACKET_HELD_MAX[^]*QUEUE_MAX/)
  })
})
