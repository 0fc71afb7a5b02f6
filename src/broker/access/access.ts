// Access lists: who may read, write or subscribe to which topics. Rules in the manner of mosquitto's acl_file: without
// any rule everything is allowed; with rules, what none of them grants is denied, and a rule that denies wins.
//
// Memory of a row: kind and access 1, name 4, filter 2 = 7 bytes, and the texts in the pool.
import { portAuthorize, portCopyIn, portEqual } from 'runtime'
import { NOT_AUTHORIZED, SUCCESS } from '../../codec/reason_code'
import { HASH, filterParse, filtersOverlap, topicIsHidden, topicMatches } from '../../codec/topic'
import { ACCESS_RULES_MAX, FEATURE_ACCESS, FEATURE_AUTHORIZE, newOffsets } from '../../limits'
import { memory } from '../../memory'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import {
  sessionClientSize, sessionClientStart, sessionSlot, sessionUserSize, sessionUserStart,
} from '../../store/session_table'
import { routesChanged } from '../../subscriptions/rows'
import { ACCESS_DENY, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_ANONYMOUS, RULE_PATTERN, RULE_USER } from './access_kind'
import { patternHasNames, patternMatches } from './access_pattern'
import { SETTING_AUTHORIZE, settings } from '../settings'
import type { Column, Filter, Offset, Session, Slot } from '../../kinds'

const ROWS = FEATURE_ACCESS ? ACCESS_RULES_MAX : 0
/** The ACCESS_ bits, and the kind from KIND_SHIFT on. */
const accesses = new Uint8Array(ROWS)
const KIND_SHIFT = 4
/** The name, and behind it the filter. */
const textStart = newOffsets(ROWS)
const nameSize = newOffsets(ROWS)
const filterSize: Column<Filter> = newOffsets(ROWS)
/** Rules in force; without any, everything is allowed. */
export let ruleCount = 0

/**
 * Adds a rule: a RULE_ constant, the name of the user or the client (Latin-1 bytes of UTF-8, '' where none is
 * wanted), ACCESS_ bits, a Topic Filter. False: the table or the pool is full, or the filter is not valid.
 */
export function accessRuleAdd(kind: number, name: string, access: number, filter: string): boolean {
  if (ruleCount === ROWS) return false
  const text = name + filter
  const start = poolAllocate(text.length, 0)
  if (start < 0) return false
  portCopyIn(text, 0, start, text.length)
  if (!filterParse(start + name.length, filter.length)) {
    poolFree(start, text.length)
    return false
  }
  accesses[ruleCount] = kind << KIND_SHIFT | access
  textStart[ruleCount] = start
  nameSize[ruleCount] = name.length
  filterSize[ruleCount++] = filter.length
  routesChanged()
  return true
}

/** Forgets every rule. */
export function accessRulesClear(): void {
  for (let rule = 0; rule < ruleCount; rule++) {
    poolFree(textStart[rule], nameSize[rule] + filterSize[rule])
  }
  ruleCount = 0
  routesChanged()
}

/** Whether a client may publish to a topic, by the rules and by the port. */
export function accessWrite(slot: Slot, session: Session, start: Offset, size: number): boolean {
  return (!FEATURE_ACCESS || accessAllows(session, ACCESS_WRITE, start, size))
    && (!FEATURE_AUTHORIZE || !settings[SETTING_AUTHORIZE]
      || portAuthorize(slot, ACCESS_WRITE, start, size))
}

/**
 * Whether a session may subscribe to a filter: SUCCESS, or NOT_AUTHORIZED where no rule lets it read any topic that the
 * filter matches, or a rule denies all of them. Of a filter that is wider than what may be read, the topics that may
 * not be read are left out.
 */
export function accessSubscribe(session: Session, start: Offset, size: number): number {
  if (FEATURE_AUTHORIZE && settings[SETTING_AUTHORIZE]
    && !portAuthorize(sessionSlot[session], ACCESS_SUBSCRIBE, start, size)) return NOT_AUTHORIZED
  if (FEATURE_AUTHORIZE && !ruleCount) return SUCCESS
  let answer = NOT_AUTHORIZED
  for (let rule = 0; rule < ruleCount; rule++) {
    const access = accesses[rule]
    const denies = (access & ACCESS_DENY) > 0
    if (!(access & ACCESS_SUBSCRIBE) || !ruleIsFor(rule, session)
      || !ruleMatches(rule, session, start, size, denies)) continue
    if (denies) return NOT_AUTHORIZED
    answer = SUCCESS
  }
  return answer
}

/** Whether a session may read or write (an ACCESS_ bit) a topic. */
export function accessAllows(session: Session, access: number, topicStart: Offset, topicSize: number): boolean {
  if (!ruleCount) return true
  let isGranted = false
  for (let rule = 0; rule < ruleCount; rule++) {
    const denies = accesses[rule] & ACCESS_DENY
    if (!(accesses[rule] & access) || !ruleIsFor(rule, session) || isGranted && !denies) continue
    if (!ruleMatches(rule, session, topicStart, topicSize, true)) continue
    if (denies) return false
    isGranted = true
  }
  return isGranted
}

function ruleIsFor(rule: number, session: Session): boolean {
  const kind = accesses[rule] >> KIND_SHIFT
  const size = nameSize[rule]
  if (kind === RULE_PATTERN) return true
  if (kind === RULE_ANONYMOUS) return sessionUserSize[session] < 0
  const isUser = kind === RULE_USER
  return size === (isUser ? sessionUserSize[session] : sessionClientSize[session])
    && portEqual(isUser ? sessionUserStart(session) : sessionClientStart[session], textStart[rule], size)
}

/**
 * Whether a rule's filter and a Topic Filter or Topic Name have a topic in common, or, `covers`, whether it matches all
 * that the filter does.
 */
function ruleMatches(rule: number, session: Session, start: Offset, size: number, covers: boolean): boolean {
  const at = textStart[rule] + nameSize[rule]
  // What begins with $ is opened by rules that begin so, and by no wildcard. [MQTT-4.7.2-1]
  if (topicIsHidden(at) !== topicIsHidden(start)) return false
  const own = filterSize[rule]
  if (covers && memory[start + size - 1] === HASH) {
    // All that `a/#` matches, `a` among it, a rule matches that ends so too, and matches `a`.
    if (memory[at + own - 1] !== HASH) return false
    size -= 2
  }
  if (accesses[rule] >> KIND_SHIFT === RULE_PATTERN && patternHasNames(at, at + own)) {
    return patternMatches(at, own, session, start, size, covers)
  }
  return covers ? topicMatches(at, own, start, size) : filtersOverlap(at, own, start, size)
}
