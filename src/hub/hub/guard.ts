// What keeps a hub.js that hangs the board from keeping the broker down: of each start it is noted in Storage that it
// was made, and a minute later that it has lasted. Where that is missing the board has been started anew meanwhile, by
// its watchdog or because the power went: then it comes up without hub.js, and tries it again later.
//
// Memory: MARKS_SIZE bytes of flash, which are written one at a time, without erasing.

/** The sum of the hub.js that it is about, and two bytes for each of its starts, erased until they mean something. */
const MARKS_FILE = 'hub.ran'
const MARKS_SIZE = 256
const ERASED = '\xff'
const MARKED = '\0'

/** Longer than the watchdog waits. */
const LASTS_MS = 60_000
const WAIT_MINUTES = 15

/** Runs hub.js, at once or when it is time. */
export function hubGuard(text: string, run: () => void): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const storage = require('Storage')
  const sum = E.CRC32(text) + ' '
  const marks = storage.read(MARKS_FILE) as string | undefined
  let at = marks && marks.startsWith(sum) ? marks.indexOf(ERASED) : -1
  if (at < 0) {
    let erased = ERASED
    while (erased.length < MARKS_SIZE) erased += erased
    // Files that end in erased bytes look as if the power had gone while they were written.
    storage.write(MARKS_FILE, sum + erased + '.')
    at = sum.length
  }
  const mark = (): void => { storage.write(MARKS_FILE, MARKED, at++) }
  const start = (): void => {
    mark()
    setTimeout(mark, LASTS_MS)
    run()
  }
  if (!(at - sum.length & 1)) {
    start()
    return
  }
  mark()
  print(`hub.js waits for ${WAIT_MINUTES} minutes: the board started anew within its first minute`)
  setTimeout(start, WAIT_MINUTES * 60_000)
}
