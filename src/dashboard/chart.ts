// Small charts: a line through the latest numbers of a value.

const SPACE = 'http://www.w3.org/2000/svg'

export interface Chart { root: SVGSVGElement, draw: (numbers: number[], least?: number, most?: number) => void }

/** A chart without a name is decoration: what it shows stands beside it in words. */
export function chartMake(width: number, height: number, count = 1): Chart {
  const root = document.createElementNS(SPACE, 'svg')
  root.setAttribute('viewBox', `0 0 ${width} ${height}`)
  root.setAttribute('preserveAspectRatio', 'none')
  root.setAttribute('aria-hidden', 'true')
  root.classList.add('chart')
  const line = document.createElementNS(SPACE, 'polyline')
  line.setAttribute('vector-effect', 'non-scaling-stroke')
  root.append(line)
  const draw = (numbers: number[], least = Math.min(...numbers), most = Math.max(...numbers)): void => {
    const places = Math.max(count, numbers.length) - 1
    const points = numbers.map((value, i) => {
      const x = (places - numbers.length + 1 + i) / (places || 1) * width
      const y = most === least ? height / 2 : height - 2 - (value - least) / (most - least) * (height - 4)
      return `${x.toFixed(1)},${y.toFixed(1)}`
    })
    line.setAttribute('points', numbers.length > 1 ? points.join(' ') : '')
  }
  return { root, draw }
}
