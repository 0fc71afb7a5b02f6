// Who may come in: everybody, until midge.json names users or is wrong; the owner's own code, and the bridge.
import { BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED, SUCCESS } from '../../codec/reason_code'
import { FEATURE_BOARD_SERVICES, FEATURE_BRIDGE } from '../../limits'
import { PORT_GO_ON } from '../port'
import { memoryWindow } from './window'
import { BRIDGE_IDENTIFIER } from './own_clients'
import { configuration } from './configuration'
import { sockets } from './sockets'
import type { Offset, Slot } from '../../kinds'

export function portAuthenticate(
  slot: Slot, clientStart: Offset, clientSize: number, userStart: Offset, userSize: number,
  passwordStart: Offset, passwordSize: number,
): number {
  // The owner's own code, and the bridge: no number of the firmware's is below 0.
  if (FEATURE_BOARD_SERVICES && sockets[slot].sckt! < 0) return SUCCESS
  if (FEATURE_BRIDGE && memoryWindow(clientStart, clientSize) === BRIDGE_IDENTIFIER) return NOT_AUTHORIZED
  if (!FEATURE_BOARD_SERVICES || !configuration.users) return SUCCESS
  if (userSize < 0) return configuration.allow_anonymous ? SUCCESS : NOT_AUTHORIZED
  // A name that every object of the engine knows finds a function, which equals no password.
  return passwordSize >= 0
    && configuration.users[memoryWindow(userStart, userSize) + ''] === memoryWindow(passwordStart, passwordSize) + ''
    ? SUCCESS
    : BAD_USER_NAME_OR_PASSWORD
}
export function portAuthExchange(): number {
  return 0x8c
}

// Only computers ask.
export function portAuthorize(): boolean {
  return true
}

export function portPayloadRefusal(): number {
  return 0
}

export function portAccess(): boolean {
  return true
}

export function portControl(): boolean {
  return false
}

export function portRetained(): void {}

export function portRetainedAllows(): boolean {
  return true
}

export function portPublish(): number {
  return PORT_GO_ON
}

export function portFilter(): void {}

export function portWanted(): void {}

export function portShares(): boolean {
  return true
}

export function portSpoolBegin(): boolean {
  return false
}

export function portSpoolTake(): void {}

export function portSpoolEnd(): void {}

export function portSpoolHold(): void {}

export function portSpoolRelease(): void {}

export function portSpoolRestore(): boolean {
  return false
}

export function portHeap(): number {
  return 0
}
