// Access lists: who may read, write or subscribe to which topics. Rules in the manner of mosquitto's acl_file: without
// any rule everything is allowed; with rules, what none of them grants is denied, and a rule that denies wins.
//
// With FEATURE_LISTENER_TERMS there are several, and a session is judged by its listener's (listAllows).
//
// Memory of a row: kind and access 1, name 4, filter 2 = 7 bytes, and the texts in the pool.
import { portAccess, portAuthorize, portCopyIn, portEqual } from 'runtime'
import { NOT_AUTHORIZED, SUCCESS } from '../../codec/reason_code'
import { HASH, filterParse, filtersOverlap, topicIsHidden, topicMatches } from '../../codec/topic'
import {
  ACCESS_LISTS_MAX, ACCESS_RULES_MAX, FEATURE_ACCESS, FEATURE_AUTHORIZE, FEATURE_LISTENER_TERMS, NONE, newOffsets,
} from '../../limits'
import { memory } from '../../memory'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import {
  sessionAccessList, sessionClientSize, sessionClientStart, sessionSlot, sessionUserSize, sessionUserStart,
} from '../../store/session_table'
import { routesChanged } from '../../subscriptions/rows'
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_UNSUBSCRIBE, ACCESS_WRITE, RULE_ANONYMOUS, RULE_PATTERN, RULE_USER,
} from './access_kind'
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

/** The list that each rule is of, and whether a list is in force. List 0 is the broker's own, the others are files'. */
const lists = new Int16Array(FEATURE_LISTENER_TERMS ? ROWS : 0)
const listIsInForce = new Uint8Array(FEATURE_LISTENER_TERMS ? ACCESS_LISTS_MAX : 0)
/** Of a list: the port judges. */
const BY_PORT = 2
/** Where rules that are added go. */
let listInHand = 0
/** That of sessions of before the start, whose listener nobody knows; NONE: it could be one of several. */
let listOfUnknown = 0

/** Rules that are added from now on go to a list, below ACCESS_LISTS_MAX, which then denies what it does not grant. */
export function accessListBegin(list: number): void {
  listInHand = list
  listIsInForce[list] = 1
  routesChanged()
}

/** Has the port judge in the place of a list, and forgets what it has answered before. */
export function accessListJudge(list: number): void {
  listIsInForce[list] = BY_PORT
  routesChanged()
}

/** Says by which list sessions are judged whose listener is not known; NONE: what they are sent waits for them. */
export function accessListOfUnknown(list: number): void {
  listOfUnknown = list
}

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
  if (FEATURE_LISTENER_TERMS) lists[ruleCount] = listInHand
  if (FEATURE_LISTENER_TERMS) listIsInForce[listInHand] = 1
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
  if (FEATURE_LISTENER_TERMS) listIsInForce.fill(listInHand = 0)
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
  if (FEATURE_LISTENER_TERMS && listIsInForce[sessionAccessList[session]] === BY_PORT) {
    return portAllows(sessionAccessList[session], session, ACCESS_SUBSCRIBE, start, size) ? SUCCESS : NOT_AUTHORIZED
  }
  if (FEATURE_AUTHORIZE && !ruleCount) return SUCCESS
  // As mosquitto does for its acl_file: what may not be read is left out.
  if (FEATURE_LISTENER_TERMS && (sessionAccessList[session] || !listIsInForce[0])) return SUCCESS
  let answer = NOT_AUTHORIZED
  for (let rule = 0; rule < ruleCount; rule++) {
    const access = accesses[rule]
    const denies = (access & ACCESS_DENY) > 0
    if (FEATURE_LISTENER_TERMS && lists[rule]) continue
    if (!(access & ACCESS_SUBSCRIBE) || !ruleIsFor(rule, session)
      || !ruleMatches(rule, session, start, size, denies)) continue
    if (denies) return NOT_AUTHORIZED
    answer = SUCCESS
  }
  return answer
}

/** Whether a session may end a subscription to a filter: only a port that judges itself says no. */
export function accessUnsubscribe(session: Session, start: Offset, size: number): boolean {
  const list = sessionAccessList[session]
  return listIsInForce[list] !== BY_PORT || portAllows(list, session, ACCESS_UNSUBSCRIBE, start, size)
}

function portAllows(list: number, session: Session, access: number, start: Offset, size: number): boolean {
  return portAccess(
    list, sessionClientStart[session], sessionClientSize[session], sessionUserStart(session), sessionUserSize[session],
    access, start, size,
  )
}

/** Whether a session may read or write (an ACCESS_ bit) a topic. */
export function accessAllows(session: Session, access: number, topicStart: Offset, topicSize: number): boolean {
  if (FEATURE_LISTENER_TERMS) return listAllows(session, access, topicStart, topicSize)
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

/**
 * The same by the session's own list. In those of files, as mosquitto judges, a client's own rules come first, and only
 * where they say nothing those of patterns.
 */
function listAllows(session: Session, access: number, topicStart: Offset, topicSize: number): boolean {
  const known = sessionAccessList[session]
  const list = known === NONE ? listOfUnknown : known
  // It is judged when its client is here, before it is sent anything.
  if (list < 0) return access === ACCESS_READ
  if (!listIsInForce[list]) return true
  if (listIsInForce[list] === BY_PORT) return portAllows(list, session, access, topicStart, topicSize)
  let isOwnGranted = false
  let isGranted = false
  let isDenied = false
  for (let rule = 0; rule < ruleCount; rule++) {
    const isOwn = accesses[rule] >> KIND_SHIFT !== RULE_PATTERN
    const denies = (accesses[rule] & ACCESS_DENY) > 0
    if (lists[rule] !== list || !(accesses[rule] & access) || !denies && (isOwn ? isOwnGranted : isGranted)
      || !ruleIsFor(rule, session) || !ruleMatches(rule, session, topicStart, topicSize, true)) continue
    if (denies && (isOwn || !list)) return false
    if (denies) isDenied = true
    else if (isOwn) isOwnGranted = true
    else isGranted = true
  }
  return isOwnGranted || isGranted && !isDenied
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
