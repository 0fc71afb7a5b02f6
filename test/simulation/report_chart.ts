// A chart of a page: curves over time, with axes, and the marks of what went wrong.

import type { Chronicle, Sample } from './chronicle'

const WIDTH = 900
const HEIGHT = 150
/** Room for the numbers of the axes. */
const LEFT = 46
const BOTTOM = 22
const TOP = 8
const MINUTE_MS = 60_000

export interface Curve { of: (sample: Sample) => number, name: string, colour: string }

export interface Chart { title: string, unit: string, curves: Curve[] }

export const escape = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)

export const minutes = (ms: number): string => (ms / MINUTE_MS).toFixed(1)

/** Round numbers from 0 on, about `count` of them, up to where `most` is below the last. */
function ticksTo(most: number, count: number): number[] {
  const rough = Math.max(most, 1) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!)
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step)
}

/** Across the page for a time: `end` is the last one. */
const across = (at: number, end: number): string => (LEFT + at / end * (WIDTH - LEFT)).toFixed(1)

function timeAxis(end: number): string {
  return ticksTo(end / MINUTE_MS, 8).filter((minute) => minute * MINUTE_MS <= end).map((minute) => {
    const x = across(minute * MINUTE_MS, end)
    const anchor = minute === 0 ? 'start' : Number(x) > WIDTH - LEFT ? 'end' : 'middle'
    return `<line class="tick" x1="${x}" x2="${x}" y1="${TOP + HEIGHT}" y2="${TOP + HEIGHT + 4}"/>`
      + `<text x="${x}" y="${TOP + HEIGHT + BOTTOM - 4}" text-anchor="${anchor}">`
      + `${minute}${minute === 0 ? ' min' : ''}</text>`
  }).join('')
}

function marksOf({ marks }: Chronicle, end: number): string {
  return marks.map(({ at, fault }) => {
    const x = across(at, end)
    return `<line class="mark" x1="${x}" x2="${x}" y1="${TOP}" y2="${TOP + HEIGHT}">`
      + `<title>${escape(fault)}, minute ${minutes(at)}</title></line>`
  }).join('')
}

export function drawChart({ title, unit, curves }: Chart, chronicle: Chronicle, end: number): string {
  const { samples } = chronicle
  const most = Math.max(1, ...samples.flatMap((sample) => curves.map(({ of }) => of(sample))))
  const ticks = ticksTo(most, 4)
  const y = (value: number): string => (TOP + HEIGHT - value / ticks.at(-1)! * HEIGHT).toFixed(1)
  const grid = ticks.map((value) => `<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}"/>`
    + `<text x="${LEFT - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${value.toLocaleString('en-US')}</text>`)
  const lines = curves.map(({ of, colour }) => `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${
    samples.map((sample) => `${across(sample.at, end)},${y(of(sample))}`).join(' ')}"/>`)
  const legend = curves.map(({ name, colour }) => `<span style="color:${colour}">■</span> ${name}`).join(' &nbsp; ')
  return `<h2>${title}</h2><p class="legend">${unit}: ${legend} &nbsp;
<span class="dashes">┆</span> something went wrong, point at it to read what</p>
<svg viewBox="0 0 ${WIDTH} ${TOP + HEIGHT + BOTTOM}" role="img" aria-label="${title}: ${unit}, over minutes">
${grid.join('')}${timeAxis(end)}${marksOf(chronicle, end)}${lines.join('')}</svg>`
}

/** When a client was connected, as a strip as wide as the charts. */
export function drawPresence(clientId: string, { samples }: Chronicle, end: number): string {
  const width = (from: number, to: number): string => (Number(across(to, end)) - Number(across(from, end))).toFixed(1)
  const bars: string[] = []
  let from = -1
  samples.forEach(({ at, present }, index) => {
    const isThere = present.includes(clientId)
    if (isThere && from < 0) from = at
    const isLast = index === samples.length - 1
    if (from < 0 || isThere && !isLast) return
    const to = isThere ? end : at
    bars.push(`<rect class="there" x="${across(from, end)}" y="2" width="${width(from, to)}" height="10"/>`)
    from = -1
  })
  return `<svg class="strip" viewBox="${LEFT} 0 ${WIDTH - LEFT} 14" preserveAspectRatio="none" role="img" `
    + `aria-label="when ${escape(clientId)} was connected">${bars.join('')}</svg>`
}
