// The log of the board's console, by the codes of src/broker/log_code.ts.
const EVENTS = /* @__PURE__ */
  'accepted,connected,closed,refused,no room,message refused,session expired,Will published'.split(',')

export function portLog(code: number, a: number, b: number): void {
  print(`${EVENTS[code]}: ${a} ${b}`)
}
