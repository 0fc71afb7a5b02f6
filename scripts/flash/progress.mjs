// How far each part is: one line for each, drawn over as long as it grows where there is a terminal.
const PERCENT_STEP = 10

export class Progress {
  constructor (stream = process.stdout) {
    this.stream = stream
    this.last = ''
  }

  /** Of what has the name, `fraction` is done; `done` is what its line says in the end. */
  tell (name, fraction, done) {
    const percent = Math.floor(fraction * 100 / PERCENT_STEP) * PERCENT_STEP
    const line = fraction >= 1 ? done : `${name}: ${percent} %`
    if (line === this.last) return
    this.last = line
    if (this.stream.isTTY) this.stream.write(`\r\x1b[K${line}${fraction >= 1 ? '\n' : ''}`)
    else if (fraction >= 1) this.stream.write(`${line}\n`)
  }

  /** The same for a part of flash. */
  part = ({ name, address, data }, _index, fraction) =>
    this.tell(name, fraction, `${name}: ${data.length} bytes at 0x${address.toString(16)}`)
}
