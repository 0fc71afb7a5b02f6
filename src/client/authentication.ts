// A client's half of an enhanced authentication, by whichever method. [MQTT 5.0 section 4.12]

/** One connection's; the Authentication Data of the methods that there are is text. */
export interface ClientAuthentication {
  /** The Authentication Method. */
  readonly method: string
  /** What CONNECT says. */
  readonly opening: string
  /** Answers a challenge of the broker; rejects where it is none, and the connection ends. */
  answer(challenge: string): Promise<string>
  /** Whether what CONNACK says shows that the broker is who it should be. */
  isProven(closing: string): boolean
}
