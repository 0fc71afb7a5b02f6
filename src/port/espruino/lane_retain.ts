// What the express lane (lane.ts) keeps: a retained value at QoS 1 whose topic had one before. Its record is there
// before anything is sent, as the engine sends between two of its events.
import { RETAINED_FLAGS, RETAINED_HEAD, retainedRecordAlone, retainedReplace } from '../../feature/lane'
import { PACK_AT } from '../../limits'
import { RECORD_RETAINED } from '../../records/record_kind'
import { laneCopy } from './lane_send'
import { FIRST, GONE, recordChange, recordPut, recordsCommit } from './records'
import { put } from './window'

/** Bytes of a PUBLISH before its topic; the last one says how long that is, where the packet is no longer. */
const TOPIC_AT = 4

/** Keeps the value, and sends what laneCopy does. False: the broker has to, whatever of it was done. */
export function laneRetain(this: LaneEntry, socket: BoardSocket, data: string): boolean {
  this._left = 0
  const record = retainedRecordAlone(this._row!)
  if (!record) return false
  const topic = data.substr(TOPIC_AT, this._identifierAt - TOPIC_AT)
  const body = RETAINED_HEAD + data[TOPIC_AT - 1] + RETAINED_FLAGS + topic + data.substr(this._payloadAt)
  put(body, PACK_AT)
  const unit = recordPut(RECORD_RETAINED, 0, 0, PACK_AT, body.length, 0, 0)
  if (unit < 0 || !recordsCommit()) return false
  recordChange(record - FIRST, GONE)
  retainedReplace(this._row!, unit + FIRST)
  return laneCopy.call(this, socket, data)
}
