// One seed as a page: what the home was like over its time, and what went wrong when. The page needs nothing else.

import type { Chronicle, Sample } from './chronicle'
import type { Outcome } from './run_simulation'

const WIDTH = 900
const HEIGHT = 120
const MINUTE_MS = 60_000

interface Curve { of: (sample: Sample) => number, name: string, colour: string }

interface Chart { title: string, curves: Curve[] }

const CHARTS: Chart[] = [
  {
    title: 'Packets in ten seconds', curves: [
      { name: 'to the broker', colour: '#0f766e', of: ({ packetsIn }) => packetsIn },
      { name: 'from the broker', colour: '#b45309', of: ({ packetsOut }) => packetsOut },
    ],
  },
  {
    title: 'Connections', curves: [
      { name: 'clients', colour: '#0f766e', of: ({ clients }) => clients },
      { name: 'others', colour: '#b45309', of: ({ others }) => others },
      { name: 'sessions', colour: '#6d28d9', of: ({ sessions }) => sessions },
    ],
  },
  {
    title: 'Messages', curves: [
      { name: 'queued', colour: '#0f766e', of: ({ queued }) => queued },
      { name: 'retained', colour: '#b45309', of: ({ retained }) => retained },
    ],
  },
]

const escape = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)

function drawChart({ title, curves }: Chart, { samples, marks }: Chronicle, end: number): string {
  const most = Math.max(1, ...samples.flatMap((sample) => curves.map(({ of }) => of(sample))))
  const x = (at: number): string => (at / end * WIDTH).toFixed(1)
  const y = (value: number): string => (HEIGHT - value / most * HEIGHT).toFixed(1)
  const points = (of: Curve['of']): string => samples.map((sample) => `${x(sample.at)},${y(of(sample))}`).join(' ')
  const lines = curves.map(({ of, colour }) =>
    `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points(of)}"/>`)
  const faults = marks.map(({ at, fault }) =>
    `<line x1="${x(at)}" x2="${x(at)}" y1="0" y2="${HEIGHT}" stroke="#999" stroke-dasharray="2 3">`
    + `<title>${escape(fault)}, minute ${(at / MINUTE_MS).toFixed(1)}</title></line>`)
  const legend = curves.map(({ name, colour }) => `<span style="color:${colour}">■ ${name}</span>`).join(' ')
  return `<h2>${title}</h2><p>${legend} · most ${most}</p>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title} over time">
${faults.join('')}${lines.join('')}</svg>`
}

/** The page of a seed. */
export function reportPage(core: string, outcome: Outcome, chronicle: Chronicle): string {
  const { seed, hash, simulatedMs, packetsIn, packetsOut, clients, faults, coverage } = outcome
  const charts = CHARTS.map((chart) => drawChart(chart, chronicle, simulatedMs)).join('\n')
  const timeline = chronicle.marks.map(({ at, fault }) =>
    `<tr><td>${(at / MINUTE_MS).toFixed(1)}</td><td>${escape(fault)}</td></tr>`).join('\n')
  const touched = coverage.entries().map(([name, count]) =>
    `<tr><td>${count}</td><td>${escape(name)}</td></tr>`).join('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Seed ${seed} on ${core}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
svg { width: 100%; border: 1px solid #8888 }
td { padding: 0 1rem 0 0; vertical-align: top }
</style></head><body>
<h1>Seed ${seed} on ${core}</h1>
<p>${(simulatedMs / MINUTE_MS).toFixed(0)} minutes; ${packetsIn} packets to the broker, ${packetsOut} from it;
hash ${hash}. Again:
<code>npm run sim -- --core ${core} --seed ${seed} --hours ${(simulatedMs / MINUTE_MS / 60).toFixed(2)}</code></p>
<p>Who lives here: ${escape(clients.join(', '))}. What may go wrong: ${escape(faults.join(', ') || 'nothing')}.</p>
${charts}
<h2>What went wrong, by minute</h2><table>${timeline}</table>
<h2>What was touched, and how often</h2><table>${touched}</table>
</body></html>
`
}
