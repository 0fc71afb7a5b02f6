// What a bridge says of itself under $SYS: 1 while it is there and 0 else, retained here and there; and here, to who
// listens, how many messages it has kept, sent and dropped, and how long the oldest has waited.
import { remoteIdentifier, term } from './terms'

/** Where it says that; '': nowhere. */
export function stateTopic(word: string): string {
  return term('notifications') === 'false' ? '' : `$SYS/broker/connection/${remoteIdentifier()}/${word}`
}

/** Says it here, by the broker's function for that; `flags` are a PUBLISH's. */
export function stateSay(broker: ReturnType<typeof anew>, word: string, text: string, flags: number): void {
  const topic = stateTopic(word)
  if (topic) broker.say(topic, text, flags)
}
