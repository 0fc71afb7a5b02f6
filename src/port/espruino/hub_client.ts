// Who the owner's own code is to the broker: hub.ts makes it a client.
import { FEATURE_BOARD_SERVICES } from '../../limits'
import { portRandom } from './clock'

/** In the place of the firmware's number of a connection. */
export const HUB_SOCKET = -1
/** Its Client Identifier: whoever guessed it would take its place. */
export const hubIdentifier = FEATURE_BOARD_SERVICES ? 'hub-' + portRandom() : ''
