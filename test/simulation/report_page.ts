// One seed as a page: what the home was like over its time, what went wrong when, and what became of it. The page needs
// nothing else.

import type { Chronicle } from './chronicle'
import { drawChart, drawPresence, escape, minutes, type Chart } from './report_chart'
import type { Oracle } from './oracle'
import type { Swarm } from './swarm'

const HOUR_MS = 3_600_000

const CHARTS: Chart[] = [
  {
    title: 'Packets', unit: 'in ten seconds', curves: [
      { name: 'to the broker', colour: '#0f766e', of: ({ packetsIn }) => packetsIn },
      { name: 'from the broker', colour: '#b45309', of: ({ packetsOut }) => packetsOut },
    ],
  },
  {
    title: 'Connections', unit: 'how many', curves: [
      { name: 'clients', colour: '#0f766e', of: ({ clients }) => clients },
      { name: 'connections that are no client yet', colour: '#b45309', of: ({ others }) => others },
      { name: 'sessions', colour: '#6d28d9', of: ({ sessions }) => sessions },
    ],
  },
  {
    title: 'Messages', unit: 'how many', curves: [
      { name: 'queued or in flight', colour: '#0f766e', of: ({ queued }) => queued },
      { name: 'retained', colour: '#b45309', of: ({ retained }) => retained },
    ],
  },
]

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-bottom: 0 }
.verdict { border-left: .4rem solid #15803d; padding: .2rem 1rem; white-space: pre-wrap }
.verdict.failed { border-color: #b91c1c }
.legend { margin: 0 }
.dashes { color: #888 }
svg { width: 100% }
svg text { font-size: 11px; fill: currentColor }
.grid { stroke: #8884 }
.tick { stroke: currentColor }
.mark { stroke: #888; stroke-width: 1.5; stroke-dasharray: 2 3 }
.strip { height: 1rem; min-width: 20rem; background: #8882 }
.there { fill: #0f766e }
th { text-align: left; font-weight: normal; opacity: .7 }
td, th { padding: 0 1rem 0 0; vertical-align: middle }
td.number { text-align: right }
.wide { width: 100% }
`

/** What a page is about: a seed that went well, or one that did not, with what `failure` says. */
export interface ReportOf {
  core: string
  seed: number
  hours: number
  swarm: Swarm
  oracle: Oracle
  failure: string
}

const cellOf = (cell: string | number): string =>
  typeof cell === 'number' ? `<td class="number">${cell.toLocaleString('en-US')}</td>` : `<td>${cell}</td>`

const row = (...cells: (string | number)[]): string => `<tr>${cells.map(cellOf).join('')}</tr>`

const head = (...names: string[]): string => `<tr>${names.map((name) => `<th>${name}</th>`).join('')}</tr>`

function verdict({ failure, oracle }: ReportOf): string {
  const count = (oracle.packetsIn + oracle.packetsOut).toLocaleString('en-US')
  return failure ? `<p class="verdict failed"><strong>Failed.</strong> The broker did what the model does not allow:\n${
    escape(failure)}</p>`
    : `<p class="verdict"><strong>Passed.</strong> The model agreed with each of ${count} packets.</p>`
}

function clientsTable({ oracle }: ReportOf, chronicle: Chronicle, end: number): string {
  const sorted = [...oracle.tally.clients].sort(([a], [b]) => a < b ? -1 : 1)
  const rows = sorted.map(([clientId, { packetsIn, packetsOut }]) =>
    row(escape(clientId), packetsIn, packetsOut, drawPresence(clientId, chronicle, end)))
  return `<h2>Client by client</h2><table class="wide">${
    head('Client Identifier', 'packets to the broker', 'from it', `connected, from 0 to ${minutes(end)} min`)}
${rows.join('\n')}</table>`
}

/** The page of a seed. */
export function reportPage(given: ReportOf, chronicle: Chronicle): string {
  const { core, seed, hours, swarm, oracle } = given
  // Behind them everybody leaves for good, which may take days.
  const end = Math.min(oracle.time, hours * HOUR_MS)
  const charts = CHARTS.map((chart) => drawChart(chart, chronicle, end)).join('\n')
  const timeline = chronicle.marks.map(({ at, fault }) => row(minutes(at), escape(fault))).join('\n')
  const touched = oracle.coverage.entries().map(([name, count]) => row(count, escape(name))).join('\n')
  const names = (all: { name: string }[]): string => escape(all.map(({ name }) => name).join(', ') || 'nothing')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Seed ${seed} on ${core}</title><style>${STYLE}</style></head><body>
<h1>Seed ${seed} on ${core}</h1>
${verdict(given)}
<p>${minutes(end)} minutes of virtual time; hash ${oracle.digest()}. Again:
<code>npm run sim -- --core ${core} --seed ${seed} --hours ${hours}</code></p>
<p>Who lives here: ${names(swarm.actors)}. What may go wrong: ${names(swarm.faults)}.</p>
${charts}
${clientsTable(given, chronicle, end)}
<h2>What went wrong</h2><table>${head('minute', 'what')}
${timeline}</table>
<h2>What was touched</h2><table>${head('times', 'what')}
${touched}</table>
</body></html>
`
}
