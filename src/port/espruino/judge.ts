// Who may come in.
export function portAuthenticate(): number {
  return 0
}
export function portAuthExchange(): number {
  return 0x8c
}

/** Only computers ask. */
export function portAuthorize(): boolean {
  return true
}
