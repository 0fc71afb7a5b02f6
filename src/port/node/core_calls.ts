// What those functions of the port that the core calls call of the core in turn, to judge a client and to name it. The
// bundle binds it before anything else: an import would close the circle. The way of bytes does not lead through here.
import type * as main from '../../main'

type CoreCalls = Pick<
  typeof main,
  'accessListJudge' | 'authDataSet' | 'brokerAuthenticated' | 'brokerEnd' | 'brokerHeard' | 'brokerKick' | 'claimSize'
  | 'claimStart' | 'clientIdentifierSize' | 'clientIdentifierStart' | 'clientPrefixSet' | 'connectionTermsSet'
  | 'protocolVersion' | 'settingSet' | 'userNameSet'
>

export let core: CoreCalls

export function coreBind(calls: CoreCalls): void {
  core = calls
}
