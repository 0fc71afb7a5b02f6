// What can go wrong while flashing, each with a sentence that says what to do.

export type FlashProblem =
  | 'usage' | 'no port' | 'no permission' | 'no answer' | 'wrong chip' | 'too small' | 'not an archive'
  | 'cable' | 'verification' | 'no room' | 'not a board'

export class FlashError extends Error {
  constructor (readonly problem: FlashProblem, message: string) {
    super(message)
  }
}
