import type { Board } from './world'

/** Messages that a session may have waiting, from which on a test cannot fill its queue by the way. */
const QUEUE_LARGE = 200

/** Whether a board's tables are so small that what tests send may fill them. */
export const isSmall = (board: Board): boolean => board.QUEUE_MAX < QUEUE_LARGE
