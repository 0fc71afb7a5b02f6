// Faults that the broker still has: what homes do not do, or the model lets pass, until they are mended.

/** The messages that wait in a session are sent to another user of its Client Identifier, rights or not. */
export const SESSIONS_CHANGE_USERS = true
/** A rule that begins with a wildcard opens topics that begin with a dollar sign. */
export const RULES_OPEN_HIDDEN = true
/** A rule that denies a filter is told as 0x80 in 5.0. */
export const DENIED_UNSPECIFIED = true
/** A name by certificate becomes bytes of the Will of the connection that its client takes over. */
export const CERTIFIED_NAMES_ARE_LOST = true
