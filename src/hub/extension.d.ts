// What an extension is given: its text runs as the body of a function with these names, once, after the broker has
// begun to listen and before hub.js (src/port/espruino/extensions.ts). Its own top level are that function's variables.

/** What is called with a message: topic and payload, as the engine's texts, and whether it was retained. */
type MessageCallback = (topic: string, payload: string, details: { retain: boolean }) => void

/** The object that hub.js has too: docs/home.md has what each function does. What it throws is a sentence. */
interface Midge {
  /** The broker's counters, in the order of src/broker/counters.ts. */
  counters: Float64Array
  /** Messages that wait for clients or are on their way to them, at QoS 1 and 2. */
  queued(): number
  subscribe(filter: string, callback: MessageCallback): void
  unsubscribe(filter: string): void
  publish(topic: string, payload?: unknown, options?: { qos?: number, retain?: boolean }): void
  on(event: 'connect' | 'disconnect', callback: (clientIdentifier: string) => void): void
  /** The bytes of a payload, and bytes of UTF-8 as the owner's code writes them: src/hub/hub/text.ts. */
  bytes(payload: unknown): string
  text(bytes: string): string
  /** Has what the broker has written called back now, and not when nothing else runs; from within no callback. */
  take(): void
  /** What an extension has put there. */
  device?: unknown
  /** What m.time has put there: throws a sentence where a text is no time. */
  at?: (when: string, call: () => void) => () => void
  between?: (from: string, to: string) => boolean | undefined
  /** What m.state has put there: reads, or sets, a value that survives a power cut. */
  state?: (name: string, value?: unknown) => unknown
}

/** m.hub makes it, which starts first; an extension may put functions for hub.js into it. */
declare const midge: Midge

/**
 * What midge.json says, in force. Nobody has judged the values of an extension's own keys: it does, and prints what is
 * wrong as `midge.json: key …`. It deletes the keys that it has read: else their values stay in memory.
 */
declare const configuration: Record<string, unknown>

/**
 * Gives the broker a connection, as the engine's server does: an object with the engine's own fields of a socket
 * (`sckt`, any number but those of own_clients.ts; `dSnd`, `write`, `end`, `on`, `#onclose`). Its `on` is given the
 * handler of what comes, and answers something. The broker adds fields of its own, and none that begins with an
 * underscore may be the extension's.
 */
declare function accept(socket: object): void

/** Prints what went wrong later, an Error or a sentence, as `error: …`; who is called by midge may throw instead. */
declare function report(problem: unknown): void

/**
 * Says when the board tries to join its Wi-Fi, in seconds; 0: not before it is said again. Extensions run before it
 * has tried, and 1 s after each start it does by itself; so it does behind each attempt that fails.
 */
declare function wifiWait(seconds: number): void

/**
 * Has the broker publish bytes, also under $SYS where no client may; `flags` are a PUBLISH's, 0 unless told. False:
 * there is no room for it. What is retained at QoS 1 is in the board's store by then.
 */
declare function say(topic: string, payload: string, flags?: number): boolean

/**
 * The connection, as the engine or accept was given it; User Name; 3, 4 or 5; milliseconds since it was heard; messages
 * that wait for it; the topic of its Will. Names are bytes of UTF-8. The owner's own code and a bridge have a `sckt`
 * below 0.
 */
type ClientLook = [
  socket: { sckt?: number }, id: string, user: string | undefined, version: number, heardMs: number, queued: number,
  will: string | undefined,
]

/** The clients that are connected. */
declare function looks(): ClientLook[]

/**
 * How many messages wait for a bridge, how many were not kept for it since the start, and for how many seconds the
 * oldest has waited, since then at the most; and the broker's counters, by src/broker/counters.ts. Nothing where a
 * board has no bridges, and 0 alone before one has connected.
 */
type BridgeLook = [kept?: number, dropped?: number, oldestS?: number, counters?: Float64Array]

/**
 * What is called once a second, behind all that the broker does then: an extension adds a function of its own, for one
 * variable where a timer takes seven.
 */
declare const seconds: (() => void)[]

/**
 * How a bridge is. Its socket, which has just connected, says whose session it is, and a number of
 * src/broker/session/queue_words.ts what is done when that has no room.
 */
declare function waiting(socket?: object, policy?: number): BridgeLook

/**
 * Functions of the above once more, for an extension that needs them seldom and is to hold on to none: they take five
 * variables each and one for each parameter. A call makes some fifteen, each in the time of a call of one that is
 * seldom called.
 */
declare function anew(): { accept: typeof accept, say: typeof say, waiting: typeof waiting }

/**
 * How many there are and can be, in turn: connections, sessions, subscriptions, retained messages, messages; and how
 * many can be queued.
 */
declare function room(): number[]

/** For m.hub alone. */
declare const broker: {
  counters: Float64Array
  /** Its Client Identifier: whoever guessed it would take its place. */
  identifier: string
  queued(): number
  /** The Client Identifier of a connection, bytes; '': it has none. */
  nameOf(slot: number): string
  /** Has each event of the log told, within the broker, with the connection that it is about. */
  watch(watcher: (code: number, slot: number) => void): void
  /** Has somebody say more of what went wrong. */
  describe(describe: (problem: unknown) => string): void
  /** Says the largest packet, bytes, that one takes who has just connected. */
  limit(socket: BoardSocket, size: number): void
  /** Runs when all extensions have started. */
  last?: () => void
}
