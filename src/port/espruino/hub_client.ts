// Who the owner's own code is to the broker: the extension m.hub makes it a client (src/hub/hub).
import { FEATURE_BOARD_SERVICES } from '../../limits'
import { portRandom } from './clock'

/** Its Client Identifier: whoever guessed it would take its place. */
export const hubIdentifier = FEATURE_BOARD_SERVICES ? 'hub-' + portRandom() : ''
