// Why a connection is not read for now: one bit each.
export const PAUSED_BY_CORE = 1
export const PAUSED_BY_GATE = 2
export const PAUSED_FOR_EVER = 4
export const PAUSED_BY_RATE = 8
export const PAUSED_BY_SPOOL = 16
