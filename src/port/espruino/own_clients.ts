// Clients of the broker that are parts of its own program, extensions: what they have in the place of the firmware's
// number of a connection, which is never below 0.

/** The owner's own code, and what speaks to the broker as it does: src/hub/hub. */
export const HUB_SOCKET = -1
/** A bridge to another broker: src/hub/bridge. */
export const BRIDGE_SOCKET = -2
/** The bridge's Client Identifier: nobody else may come under it (judge.ts). */
export const BRIDGE_IDENTIFIER = 'midge-bridge'
