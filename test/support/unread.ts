// What was written to a client that reads slowly: writes in their order, each of which is over once all of it is read,
// as a runtime tells of it.

export class Unread {
  private readonly writes: { size: number, left: number }[] = []

  add(size: number): void {
    this.writes.push({ size, left: size })
  }

  /** Bytes of the writes that are not over. */
  get size(): number {
    return this.writes.reduce((sum, { size }) => sum + size, 0)
  }

  /** So many bytes are read: answers those of the writes that are over now. */
  read(bytes: number): number {
    let over = 0
    for (let left = bytes; left > 0 && this.writes.length > 0;) {
      const first = this.writes[0]
      const taken = Math.min(left, first.left)
      first.left -= taken
      left -= taken
      if (first.left > 0) break
      over += first.size
      this.writes.shift()
    }
    return over
  }
}
