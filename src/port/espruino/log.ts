// The log of the board's console.
export function portLog(code: number, a: number, b: number): void {
  print(`midge ${code} ${a} ${b}`)
}
