// Another program for a board that runs, over MQTT, whoever carries the messages: the terminal or a page. The board's
// end is src/hub/update.

import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { FlashError } from './flash_error'
import { PIECE_SIZE, PROGRAM_SIZE_MAX, UPDATE_TOPIC } from './slot_layout'

/** A client of the board's broker, which has subscribed to ANSWER_TOPIC. */
export interface UpdateCarrier {
  publish(topic: string, payload: string): Promise<void>
  /** Has every answer of the board from now on. */
  onAnswer(hear: (payload: string) => void): void
}

/** Somebody whom the board's `update` names. */
export interface UpdateUser { name: string, password: string }

interface Answer {
  id?: string, error?: string, board?: string, number?: number, challenge?: string, at?: number, done?: number
}

/** Milliseconds until a question is asked again, and how often. */
const AGAIN_MS = 3_000
const ASKED_MAX = 8

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

export class OverTheAir {
  private readonly id = bytesToHex(crypto.getRandomValues(new Uint8Array(8)))
  private hear: (answer: Answer) => void = () => undefined

  constructor (private readonly carrier: UpdateCarrier) {
    carrier.onAnswer(payload => {
      const answer = JSON.parse(payload) as Answer
      if (answer.id === this.id || answer.error !== undefined && answer.id === '') this.hear(answer)
    })
  }

  /** What the firmware calls its board, and the number of the program that runs: 0 is the one from the cable. */
  async hello (): Promise<{ board: string, number: number }> {
    const { board, number } = await this.ask('hello', JSON.stringify({ id: this.id }), answer => answer.board)
    return { board: board!, number: number! }
  }

  /**
   * Sends a program, as its user; answers its number. The board starts anew with it. Throws FlashError where the board
   * refuses it, or does not answer. `progress` hears how much has arrived, 0 to 1.
   */
  async send (program: Uint8Array, user: UpdateUser, progress: (fraction: number) => void): Promise<number> {
    if (program.length > PROGRAM_SIZE_MAX) {
      throw new FlashError('no room', `the program has ${program.length} bytes, and ${PROGRAM_SIZE_MAX} at most fit`)
    }
    const hash = bytesToHex(sha256(program))
    const size = program.length
    const offer = JSON.stringify({ id: this.id, user: user.name, size, hash })
    const { challenge } = await this.ask('offer', offer, answer => answer.challenge)
    const text = (words: string): Uint8Array => new TextEncoder().encode(words)
    const proof = bytesToHex(hmac(sha256, text(user.password), text(`${challenge} ${size} ${hash}`)))
    let { at = 0 } = await this.ask('prove', proof, answer => answer.at !== undefined)
    while (at < size) {
      const from = at
      const answer = await this.ask(String(from), base64(program.subarray(from, from + PIECE_SIZE)),
        ({ at: next }) => next !== undefined && next > from)
      at = answer.at!
      progress(at / size)
    }
    const { done } = await this.ask('finish', '', answer => answer.done)
    return done!
  }

  /** Says something until it is answered as it should be. */
  private async ask (step: string, payload: string, isWanted: (answer: Answer) => unknown): Promise<Answer> {
    // What proves who it is counts once; and who has all of it starts anew.
    const isOnce = step === 'prove' || step === 'finish'
    for (let asked = 0; asked < (isOnce ? 1 : ASKED_MAX); asked++) {
      const answered = this.answered(isWanted, isOnce ? AGAIN_MS * ASKED_MAX : AGAIN_MS)
      await this.carrier.publish(UPDATE_TOPIC + step, payload)
      const answer = await answered
      if (answer?.error !== undefined) throw new FlashError('not a board', `the board refuses it: ${answer.error}`)
      if (answer) return answer
    }
    throw new FlashError('no answer', 'the board does not answer: does its midge.json have "update", and is this user '
      + 'allowed to publish under midge/ and to subscribe there?')
  }

  private answered (isWanted: (answer: Answer) => unknown, waitMs: number): Promise<Answer | null> {
    return new Promise(resolve => {
      const timer = setTimeout(() => resolve(null), waitMs)
      this.hear = answer => {
        if (answer.error === undefined && !isWanted(answer)) return
        clearTimeout(timer)
        resolve(answer)
      }
    })
  }
}
