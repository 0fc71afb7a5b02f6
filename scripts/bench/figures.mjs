// What the runs of a row come to.

/** The figure that a row is about, its format, and whether more of it is better. */
export const FIGURES = {
  throughput: { of: result => result.rate, text: result => `${Math.round(result.rate / 1_000)}k`, isMoreBetter: true },
  pingpong: { of: result => result.p50, text: result => `${result.p50.toFixed(0)}/${result.p99.toFixed(0)} us` },
  retained: { of: result => result.ms, text: result => `${result.ms.toFixed(2)} ms` },
  heap: { of: result => result.perMessage, text: result => `${result.perMessage.toFixed(1)} B/message` },
}

/** The median of results, by the figure of a kind of row. */
export function medianOf (kind, results) {
  const { of } = FIGURES[kind]
  return [...results].sort((a, b) => of(a) - of(b))[results.length >> 1]
}

/** How many times as good the first was as another in each run, and of that the median: the two share its noise. */
export function ratioText (kind, own, others) {
  const { of, isMoreBetter } = FIGURES[kind]
  const ratios = own.map((result, i) => isMoreBetter ? of(result) / of(others[i]) : of(others[i]) / of(result))
  return `${ratios.sort((a, b) => a - b)[ratios.length >> 1].toFixed(2)}x`
}
