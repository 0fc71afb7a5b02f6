// Which of its addresses a bridge tries: the first is preferred and the others stand in for it, or all are alike.
import { connect } from 'node:net'
import type { BridgeAddress } from '../library/bridge_api'

/** Milliseconds between two looks at whether the preferred address is back, and that it has for each. */
const LOOK_MS = 30_000
const LOOK_ANSWER_MS = 5_000

export class AddressChoice {
  private index = 0
  private look: NodeJS.Timeout | undefined

  constructor(
    private readonly addresses: Required<BridgeAddress>[], private readonly isRoundRobin: boolean,
    private readonly bindAddress: string | undefined,
  ) {}

  get current(): Required<BridgeAddress> {
    return this.addresses[this.index]
  }

  /** A connection has ended, or could not be had: the one that is tried next. */
  next(wasReady: boolean): void {
    this.index = wasReady && !this.isRoundRobin ? 0 : (this.index + 1) % this.addresses.length
  }

  /** While another one stands in: calls `back` when the preferred one takes connections again. */
  preferredWatch(back: () => void): void {
    if (this.isRoundRobin || !this.index) return
    this.look = setInterval(() => this.preferredTry(back), LOOK_MS).unref()
  }

  private preferredTry(back: () => void): void {
    const [{ host, port }] = this.addresses
    const socket = connect({ host, port, localAddress: this.bindAddress }, () => {
      socket.destroy()
      if (this.look) back()
    })
    socket.setTimeout(LOOK_ANSWER_MS, () => socket.destroy())
    socket.on('error', () => socket.destroy())
  }

  watchEnd(): void {
    clearInterval(this.look)
    this.look = undefined
  }
}
