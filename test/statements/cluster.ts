// What docs/cluster.md says, and what proves it.
import { OTHERS, WORDS, by, measured, notTried, type Statements } from './statements'

const FAULTS = 'cluster/faults: loses nothing in'
const AWAY = 'cluster/cluster: refuses QoS 1 and 2 and new clients, says so'

export const CLUSTER: Statements = {
  'Who outgrows one machine': by('cluster/cluster: let a session go where its client goes'),
  'On each of three machines': notTried('The three machines themselves were not tried'),
  '`npm run cluster` does all of that on one computer': by(
    'cluster/command: starts servers and gateways on this computer',
    'cluster/command: is one sentence where there is no nats-server'),
  'The three machines themselves': notTried('The three machines themselves were not tried'),
  '| Option |': WORDS,
  '| `--cluster nats://a:4222': by('cluster/options: says what is wrong with'),
  '| `--cluster-name name`': by('cluster/options: says what is wrong with'),
  '| `--cluster-reference': by('cluster/cluster: send clients to another one when they are drained'),
  'Without `--cluster` nothing of this is loaded': by('cluster/options: loads nothing of it without',
    'cluster/options: goes without'),
  '- **A message at QoS 1 or 2 is acknowledged when': by(FAULTS),
  '- **At QoS 1 every acknowledged message arrives': by(FAULTS),
  '- **Sessions go where their clients go.**': by('cluster/cluster: let a session go where its client goes',
    'cluster/cluster: publish the Wills of a gateway that was killed'),
  '- **All gateways retain the same**': by('cluster/cluster: retain the same', FAULTS),
  '- **Shared subscriptions** have members': by('cluster/cluster: share a group',
    'cluster/group_history: gives to others what one had no member for any more'),
  '- **QoS 0** goes from gateway to gateway': by('cluster/cluster: carry %s from one to another',
    'cluster/cluster: carry a message at QoS 0 once',
    'cluster/subject: match what the Topic Filter matches'),
  '- **SIGUSR1 drains a gateway**': by('cluster/cluster: send clients to another one when they are drained'),
  '- **A gateway whose engine is away**': by(AWAY),
  'Four things of the engine are used': WORDS,
  '| What | Holds |': WORDS,
  '| `MIDGE_LOG`, a stream': by('cluster/log_entry: is read as it was written'),
  '| `midge_sessions`, a bucket': by(FAULTS),
  '| `midge_retained`, a bucket': by(FAULTS),
  '| `midge_nodes`, a bucket': by(FAULTS),
  'A gateway gathers what its clients publish': by(FAULTS),
  'Whoever ends another gateway writes over its key': by(FAULTS),
  'A QoS 1 PUBLISH that a client sends again': by(FAULTS),
  'The front of the log that no session needs': by(FAULTS),
  'A server acknowledges before it has written': OTHERS,
  'With one server there is no second copy': by(AWAY),
  'A message, or what a session is owed': by('cluster/options: takes no packet that the engine does not'),
  '`npm run bench -- --cluster` on two cores': measured('bench'),
  '| Row |': measured('bench'),
  'With 64 bytes of payload': measured('bench'),
}
