// The log of the board's console, by the codes of src/broker/log_code.ts.
export function portLog(code: number, a: number, b: number): void {
  const events = 'accepted,connected,closed,refused,no room,message refused,session expired,Will published'
  print(`${events.split(',')[code]}: ${a} ${b}`)
}

/** What went wrong outside of the broker, mostly in the owner's own code: an Error or a sentence. */
export function report(problem: unknown): void {
  print(`error: ${problem as string}`)
}
