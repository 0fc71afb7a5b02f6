// How many messages are under way to the other broker at once: as many as both brokers take, until that one has had no
// room, or has closed the connection for one of them. What goes behind a message that is refused may be taken, and then
// is there first: so one goes at a time then, and one more with each round of which all was taken.

export class Window {
  private size = Infinity
  /** Taken of this round. */
  private count = 0
  /** What the brokers take. */
  private most = 1

  /** `tell` has the session here keep to another size. */
  constructor(private readonly tell: (size: number) => void) {}

  /** A connection begins; answers the size. */
  begin(most: number): number {
    this.most = Math.max(1, most)
    return Math.min(this.size, this.most)
  }

  /** One at a time. */
  shut(): void {
    this.size = 1
    this.count = 0
  }

  /** A message was taken, of which this broker is told next. */
  widen(): void {
    if (++this.count < this.size) return
    this.count = 0
    if (++this.size <= this.most) this.tell(this.size)
  }
}
