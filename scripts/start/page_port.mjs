// The port of a virtual board's page: a computer lets not everybody have the board's own, 80.
import { freePort } from '../lib/free_port.mjs'

/** Where it is on this computer unless midge.json names a port. */
const PORT = 8_080

/**
 * The port that a configuration asks for; 0: it asks for no page.
 * @param {Record<string, any>} settings
 */
export const pagePortOf = ({ dashboard }) => dashboard === true ? PORT : dashboard || 0

/** That port, or any that is free where somebody has it, or this user may not. */
export const pageFreePort = (port, host) => freePort(port, host).catch(() => freePort(0, host))
