// The records that there are: where their names lead.
//
// Memory of a row: 21 bytes. A name is a row, from 1 on; it is given again once its record is gone.

const ROWS_FIRST = 1_024

export class RecordRows {
  /** 0: nobody's. */
  sequence = new Float64Array(ROWS_FIRST)
  /** Bytes of the record; of a row that is free, the next free one. */
  size = new Uint32Array(ROWS_FIRST)
  marks = new Uint8Array(ROWS_FIRST)
  /** The key of the entry that has the record. */
  entry = new Float64Array(ROWS_FIRST)
  /** Rows that were ever used, row 0 among them, which is no name. */
  used = 1
  count = 0
  /** Bytes of all records. */
  bytes = 0
  private free = 0

  add(sequence: number, size: number, marks: number, entry: number): number {
    let row = this.free
    if (row) this.free = this.size[row]
    else {
      row = this.used++
      if (row === this.sequence.length) this.grow(row * 2)
    }
    this.sequence[row] = sequence
    this.size[row] = size
    this.marks[row] = marks
    this.entry[row] = entry
    this.count++
    this.bytes += size
    return row
  }

  remove(row: number): void {
    this.count--
    this.bytes -= this.size[row]
    this.sequence[row] = 0
    this.size[row] = this.free
    this.free = row
  }

  private grow(rows: number): void {
    const { sequence, size, marks, entry } = this
    this.sequence = new Float64Array(rows)
    this.sequence.set(sequence)
    this.size = new Uint32Array(rows)
    this.size.set(size)
    this.marks = new Uint8Array(rows)
    this.marks.set(marks)
    this.entry = new Float64Array(rows)
    this.entry.set(entry)
  }
}
