// One metric in Prometheus' text format, version 0.0.4, named as its conventions want: what is measured, its unit where
// it has one, in base units, and `_total` behind what only grows.

export interface Metric {
  name: string
  type: 'counter' | 'gauge'
  /** What it says, for people. */
  help: string
  samples: Sample[]
}

export interface Sample {
  labels?: Record<string, string>
  value: number
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')

const labelText = ([name, value]: [string, string]): string => `${name}="${escaped(value).replaceAll('"', '\\"')}"`

function sampleText(name: string, { labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(labelText)
  return `${name}${pairs.length ? `{${pairs.join(',')}}` : ''} ${value}\n`
}

/** The lines of one metric, which stand together. */
export const metricText = ({ name, type, help, samples }: Metric): string =>
  `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${samples.map((one) => sampleText(name, one)).join('')}`
