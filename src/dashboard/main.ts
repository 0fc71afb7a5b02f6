// The page's program: signs in, hands on what comes, and shows the view that the address names.
import './byte_buffer'
import type { Publish } from '../client/publish_packet'
import { NO_LOCAL, RETAIN_AS_PUBLISHED } from '../client/packets'
import { filterMatches, isTopicFilter } from '../client/topic_filter'
import { reasonText } from '../log_text'
import { BrokerLink } from './broker_link'
import { type ClientReport, Clients } from './clients'
import { drawLater, element, input, make, say } from './element'
import { Log } from './log'
import { Messages } from './messages'
import { Numbers } from './numbers'
import { Overview } from './overview'
import { resultSay } from './sender'
import { plain, textOf } from './text'
import { TopicDetail } from './topic_detail'
import { TopicStore } from './topic_store'
import { Topics } from './topics'

const VIEWS = ['overview', 'topics', 'clients', 'messages', 'log', 'settings']
const SYS = '$SYS/broker/'
const SYS_FILTER = `${SYS}#`
const REPORTS = 'dashboard/'

let watched = '#'
let isIn = false
let retryAt = 0
/** Numbers that the broker tells in one report, more often than one by one: those are taken from there alone. */
const reported = new Set<string>()

const numbers = new Numbers()
const limits = new Map<string, number>()
const store = new TopicStore()
const link = new BrokerLink({
  connected: () => connected(),
  refused: (reasonCode, reason) => refused(reasonCode, reason),
  lost: (reasonCode, retryMs) => lost(reasonCode, retryMs),
  published: (publish) => published(publish),
  subscribed: (filter, reasonCode) => subscribed(filter, reasonCode),
})
const overview = new Overview(numbers, limits)
const topics = new Topics(store, new TopicDetail(link))
const clients = new Clients(link.clientIdentifier)
const messages = new Messages(link, (filter) => filter === watched || filter === SYS_FILTER)
const log = new Log()
const redraw = drawLater(() => overview.draw())

/** What the broker tells of itself, by what stands behind $SYS/broker/. */
const REPORTERS: Record<string, (report: never) => void> = {
  'dashboard/clients': ({ clients: list, total }: { clients: ClientReport[], total: number }) =>
    clients.take(list, total, Date.now()),
  'dashboard/numbers': (report: Record<string, number>) => {
    for (const [name, value] of Object.entries(report)) {
      reported.add(name)
      numbers.take(name, String(value), Date.now())
    }
    overview.told()
  },
  'dashboard/limits': (report: Record<string, number>) => {
    for (const [name, value] of Object.entries(report)) limits.set(name, value)
  },
  'dashboard/settings': (report: Record<string, unknown>) => {
    element('setting-list').replaceChildren(...Object.entries(report).map(([name, value]) =>
      make('div', {}, make('dt', {}, plain(name)), make('dd', {}, plain(String(value))))))
    element('settings-empty').hidden = true
  },
}

function sysTake(name: string, text: string): void {
  if (name === 'log/board') return log.ofBoard(text)
  if (name.startsWith('log/')) return log.take(name.split('/')[1], text)
  if (!name.startsWith(REPORTS)) {
    if (!reported.has(name)) numbers.take(name, text, Date.now())
    // The last of those that come together.
    if (name === 'publish/messages/dropped' && !reported.size) overview.told()
    return
  }
  try {
    REPORTERS[name]?.(JSON.parse(text) as never)
  } catch { /* It is none of the broker's. */ }
}

function published(publish: Publish): void {
  const { topic, payload } = publish
  messages.take(publish)
  if (topic.startsWith(SYS)) {
    sysTake(topic.slice(SYS.length), textOf(payload) ?? '')
    redraw()
  } else if (filterMatches(watched, topic)) {
    store.take(publish)
    topics.redraw()
  }
}

function statusSay(text: string, kind: 'good' | 'bad' | ''): void {
  say(element('status-text'), text)
  element('status').className = kind
}

function insideShow(isShown: boolean): void {
  isIn = isShown
  element('nav').hidden = element('leave').hidden = !isShown
  element('login').hidden = isShown
  viewShow(isShown)
}

/** Shows the view of the address; `isCalled`: somebody asked for it, and reads on there. */
function viewShow(isCalled: boolean): void {
  const wanted = location.hash.slice(2)
  const view = VIEWS.includes(wanted) ? wanted : VIEWS[0]
  for (const name of VIEWS) element(name).hidden = !isIn || name !== view
  for (const anchor of element('nav').querySelectorAll('a')) {
    if (anchor.hash === `#/${view}`) anchor.setAttribute('aria-current', 'page')
    else anchor.removeAttribute('aria-current')
  }
  if (!isIn) return
  if (isCalled) element(`${view}-title`).focus()
  overview.draw()
  topics.draw()
  clients.draw()
}

function connected(): void {
  retryAt = 0
  element('notice').hidden = true
  input('password').value = ''
  statusSay('Connected', 'good')
  if (!isIn) insideShow(true)
}

function refused(reasonCode: number, reason: string): void {
  insideShow(false)
  statusSay('Not connected', '')
  say(element('login-error'), `${plain(reason) || reasonText(reasonCode)}.`)
  input('user').focus()
}

function lost(reasonCode: number, retryMs: number): void {
  retryAt = Date.now() + retryMs
  const why = reasonCode ? ` (${reasonText(reasonCode)})` : ''
  statusSay('No connection', 'bad')
  const text = isIn ? `The connection is lost${why}: what is shown is what it was. The page tries again by itself.`
    : `The broker does not answer${why}: trying again.`
  if (!isIn) return say(element('login-error'), text)
  element('notice').hidden = false
  say(element('notice'), text)
}

/** What a user may not see is said where it would be. */
function subscribed(filter: string, reasonCode: number): void {
  const isDenied = isIn && reasonCode >= 0x80
  if (filter === watched) topics.deny(isDenied ? `${filter}: ${reasonText(reasonCode)}.` : '')
  if (filter !== SYS_FILTER || !isDenied) return
  element('notice').hidden = false
  say(element('notice'), `This user may not read ${filter}: numbers, clients and log stay empty.`)
}

function leave(): void {
  link.close()
  for (const part of [numbers, store, topics, clients, messages, log]) part.clear()
  limits.clear()
  element('setting-list').replaceChildren()
  statusSay('Not connected', '')
  insideShow(false)
  input('user').focus()
}

async function watch(filter: string): Promise<void> {
  if (!isTopicFilter(filter)) return resultSay('watch-result', 'This is no topic filter.', 0x80)
  const before = watched
  if (before !== filter && !messages.hasFilter(before)) void link.unsubscribe(before)
  watched = filter
  store.clear()
  topics.clear()
  const reasonCode = await link.subscribe(filter, RETAIN_AS_PUBLISHED)
  const isDone = reasonCode < 0x80
  resultSay('watch-result', isDone ? `Watches ${filter}.` : `Not allowed: ${reasonText(reasonCode)}.`, reasonCode)
}

function enter(event: Event): void {
  event.preventDefault()
  say(element('login-error'), '')
  statusSay('Connecting …', '')
  const [user, password] = [input('user').value, input('password').value]
  link.close()
  link.open(user || password ? user : undefined, password || undefined)
}

element('login-form').addEventListener('submit', enter)
element('leave').addEventListener('click', leave)
element('watch').addEventListener('submit', (event) => {
  event.preventDefault()
  void watch(input('watch-filter').value)
})
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#/')) viewShow(true)
})
input('watch-filter').value = watched
say(element('status-host'), ` – ${location.host}`)
void link.subscribe(SYS_FILTER, NO_LOCAL)
void link.subscribe(watched, RETAIN_AS_PUBLISHED)
setInterval(() => {
  const left = Math.max(0, Math.ceil((retryAt - Date.now()) / 1_000))
  if (retryAt) statusSay(`No connection, next try in ${left} s`, 'bad')
}, 1_000)
insideShow(false)
input('user').focus()
