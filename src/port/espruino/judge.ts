// Who may come in.
export function portAuthenticate(): number {
  return 0
}
export function portAuthExchange(): number {
  return 0x8c
}
