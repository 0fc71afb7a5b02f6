// What those functions of the port that the core calls call of the core in turn, to judge a client and to name it. The
// bundle binds it before anything else: an import would close the circle. The way of bytes does not lead through here.
import type * as main from '../../main'
import type { Offset } from '../../kinds'

type CoreCalls = Pick<
  typeof main,
  'accessListJudge' | 'authDataSet' | 'brokerAuthenticated' | 'brokerEnd' | 'brokerHeard' | 'brokerKick'
  | 'claimHasPlace' | 'claimSize' | 'claimStart' | 'clientIdentifierSize' | 'clientIdentifierStart'
  | 'clientPrefixSet' | 'connectionTermsSet' | 'protocolVersion' | 'settingSet' | 'userNameSet'
>

/** Where the Topic Name of the PUBLISH in hand lies, and bytes of its payload. */
interface PublishInHand { publishTopicStart(): Offset, publishTopicSize(): number, publishPayloadSize(): number }

export let core: CoreCalls & PublishInHand

export function coreBind(calls: CoreCalls & PublishInHand): void {
  core = calls
}
