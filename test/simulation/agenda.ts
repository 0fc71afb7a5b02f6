// What is still to happen, in the order of its time; what has the same time happens in the order in which it was put.

interface Entry {
  at: number
  number: number
  run(): Promise<void> | void
}

export class Agenda {
  private readonly heap: Entry[] = []
  private count = 0

  add(at: number, run: () => Promise<void> | void): void {
    const entry = { at, number: this.count++, run }
    let place = this.heap.push(entry) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!isBefore(entry, this.heap[parent])) break
      this.heap[place] = this.heap[parent]!
      place = parent
    }
    this.heap[place] = entry
  }

  /** The next entry, which is taken out; undefined: nothing is left. */
  take(): Entry | undefined {
    const first = this.heap[0]
    const last = this.heap.pop()
    if (!first || !last || first === last) return first
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.heap.length) break
      if (child + 1 < this.heap.length && isBefore(this.heap[child + 1], this.heap[child])) child++
      if (!isBefore(this.heap[child], last)) break
      this.heap[place] = this.heap[child]!
      place = child
    }
    this.heap[place] = last
    return first
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.number < b.number)
