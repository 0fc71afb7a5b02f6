// Who may come in: users with passwords, and anonymous clients where they are allowed.
import { createHash, timingSafeEqual } from 'node:crypto'
import { BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED, SUCCESS } from '../../codec/reason_code'
import { memory } from '../../memory'
import { linkOf } from './transmit'

/** Digests of passwords by User Name; null: there are no users, and a User Name proves nothing. */
let users: Map<string, Buffer> | null = null
/** undefined: from this computer only. */
let isAnonymousAllowed: boolean | undefined

function digest(secret: string | Uint8Array): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Sets the users (passwords by name) and whether clients without one may come in. */
export function judgeConfigure(passwords: Record<string, string> | undefined, allowAnonymous: boolean | undefined): void {
  users = passwords ? new Map(Object.entries(passwords).map(([name, password]) => [name, digest(password)])) : null
  isAnonymousAllowed = allowAnonymous
}

function isLoopback(address: string): boolean {
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address)
}

export function portAuthenticate(
  slot: number, _clientStart: number, _clientSize: number, userStart: number, userSize: number,
  passwordStart: number, passwordSize: number,
): number {
  if (!users || userSize < 0) {
    const isAllowed = isAnonymousAllowed ?? (!users && isLoopback(linkOf(slot)?.address ?? ''))
    return isAllowed ? SUCCESS : NOT_AUTHORIZED
  }
  const known = users.get(Buffer.from(memory.buffer, userStart, userSize).toString())
  const given = digest(memory.subarray(passwordStart, passwordStart + Math.max(0, passwordSize)))
  // A name that nobody has is compared too: the time tells nothing.
  const isRight = timingSafeEqual(known ?? Buffer.alloc(given.length), given)
  return known && isRight && passwordSize >= 0 ? SUCCESS : BAD_USER_NAME_OR_PASSWORD
}

/** The program's hook, where there is one, is asked by the gateway; without one every client may. */
export function portAuthorize(_slot: number, _access: number, _start: number, _size: number): boolean {
  return true
}
