// A port behind which are several gateways: each connection comes to another one than the last, or to a random one.
import { Passage } from './passage.mjs'

export class Door extends Passage {
  /**
   * @param {number[]} ports
   * @param {'random' | 'moving'} way
   */
  constructor (ports, way) {
    let last = 0
    super(() => {
      const step = way === 'moving' ? 1 : Math.floor(Math.random() * ports.length)
      last = (last + step) % ports.length
      return ports[last]
    })
  }
}
