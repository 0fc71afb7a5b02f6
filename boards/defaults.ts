// What every board starts from. A board's file re-exports this one and overrides constants:
// read it as the list of everything that can be set. Nothing here may import anything.
//
// A FEATURE_ constant that is false removes the feature's code from the bundle.

/** The folder of src/port that this board's bundle is built with. */
export const RUNTIME: 'node' | 'espruino' = 'espruino'
/** The language level that the bundle is lowered to: Espruino is ES5 with a few extras. */
export const ECMA_VERSION: 5 | 2020 = 5

// Budgets, enforced by the build. Bytes of the minified bundle, and bytes of typed arrays.
export const BUNDLE_SIZE_MAX = 28_672
export const RAM_SIZE_MAX = 40_000
/**
 * JsVars of the engine that a full home takes, without the lane's memory of topics; held by `npm run memory`. A table
 * of n bytes takes 4 + n / 14, a function 4 and one for each parameter, a number 1, a connection 27.
 */
export const HOME_VARIABLES_MAX = 3_000

/** Programmers' checks, kept in tests and on computers, gone from a board. */
export const ASSERTIONS: boolean = false

// Features.
export const FEATURE_MQTT5: boolean = true
export const FEATURE_QOS2: boolean = true
/** MQTT 3.1, which calls itself MQIsdp. */
export const FEATURE_MQTT31: boolean = true
export const FEATURE_RETAINED: boolean = true
export const FEATURE_WILL: boolean = true
/** Filter shapes and the route cache, for thousands of filters. Off: filters with wildcards are walked. */
export const FEATURE_INDEX: boolean = true
/** Without FEATURE_INDEX: filters and retained topics are found by a hash. */
export const FEATURE_HASH: boolean = true
/** The port of an interpreter forwards a PUBLISH that repeats its topic without the broker: src/feature/lane.ts.
 * Needs a board without FEATURE_INDEX. */
export const FEATURE_LANE: boolean = false
/** midge.json, Wi-Fi, the watchdog and the refusal of connections when memory is low. */
export const FEATURE_BOARD_SERVICES: boolean = false
/** A 3.1.1 publisher waits for room. Off: it is told at once, by closing. */
export const FEATURE_WAIT: boolean = true
/** An owner may lower limits while the broker runs: src/broker/settings.ts. */
export const FEATURE_SETTINGS: boolean = true
/** Events of connections, in the log. */
export const FEATURE_LOG: boolean = true
/** Subscription Identifiers of 5.0. Off: CONNACK says so. */
export const FEATURE_SUBSCRIPTION_IDENTIFIER: boolean = true
/** Response Information of 5.0, for who asks for it. */
export const FEATURE_RESPONSE_INFORMATION: boolean = true
export const FEATURE_SHARED_SUBSCRIPTION: boolean = true
export const FEATURE_TOPIC_ALIAS: boolean = true
export const FEATURE_ENHANCED_AUTHENTICATION: boolean = true
/** Users and access lists. Off: everybody may do everything. */
export const FEATURE_ACCESS: boolean = true
/**
 * Bridges of other brokers are known by the highest bit of their level: what they publish does not come back, and
 * RETAIN flags stay. Off: their level is refused.
 */
export const FEATURE_BRIDGE_LEVEL: boolean = false
/** A computer's bridges; a client may say under $SYS how it is with itself, as they do. Needs FEATURE_BRIDGE_LEVEL. */
export const FEATURE_BRIDGED: boolean = false
/**
 * A computer's broker that is one with others: the port is asked for what is published, and sessions come and go
 * between brokers: src/feature/cluster.ts. Needs FEATURE_RECORDS.
 */
export const FEATURE_CLUSTERED: boolean = false
/**
 * Runs of packets that a chunk brings are taken as one: PUBLISH packets of one topic, acknowledgements of one kind
 * (src/feature/publish_run.ts, acknowledge_run.ts). Needs RX_SHARED, TABLES_GROW and FEATURE_INDEX.
 */
export const FEATURE_RUNS: boolean = false
/** A board's own bridge to another broker, the extension m.bridge: src/hub/bridge. Needs FEATURE_BRIDGE_LEVEL. */
export const FEATURE_BRIDGE: boolean = false
/** The port may answer later who comes in, and AUTH has its steps. Off: the port says at once. */
export const FEATURE_LATE_ANSWER: boolean = true
/** The port is asked for every PUBLISH and SUBSCRIBE too, while SETTING_AUTHORIZE is 1. */
export const FEATURE_AUTHORIZE: boolean = false
/** Listeners have terms of their own: an access list, and the highest QoS that their clients may use. */
export const FEATURE_LISTENER_TERMS: boolean = false
/** The settings that only a computer's broker has: src/broker/settings.ts. */
export const FEATURE_MORE_SETTINGS: boolean = false
/** What the broker counts, and $SYS. */
export const FEATURE_SYS: boolean = true
/** Bytes and PUBLISH packets are counted too, and $SYS has all of mosquitto's topics; off: the ones for an owner. */
export const FEATURE_SYS_TRAFFIC: boolean = true
/** $SYS has load averages, memory and mosquitto's other names for numbers too. Needs FEATURE_SYS_TRAFFIC. */
export const FEATURE_SYS_LOADS: boolean = false
/** $SYS goes to a new subscription at once, as retained messages do. Off: when it is published next. */
export const FEATURE_SYS_RETAINED: boolean = true
/** Reason Strings in words beside the Reason Codes. */
export const FEATURE_REASON_STRING: boolean = false
/** What is acknowledged is kept where no power is needed, as far as the port has a store for it: src/records. */
export const FEATURE_RECORDS: boolean = false
/** With FEATURE_RECORDS: the port reads records where they lie, so that what is in one needs no other memory. */
export const RECORDS_MAPPED: boolean = false
/** SUBSCRIBE, UNSUBSCRIBE and PUBLISH packets larger than the receive ring are consumed as they arrive. */
export const FEATURE_STREAM: boolean = true

/**
 * The port takes PUBLISH packets whose payload is larger than PACKET_SIZE_MAX, and has it elsewhere:
 * src/feature/spool.ts. Needs RX_SHARED, FEATURE_SETTINGS and FEATURE_WAIT. Only for computers.
 */
export const FEATURE_SPOOL: boolean = false

/** Tables double when they fill, up to the limits below; memory is then not fixed. Only for computers. */
export const TABLES_GROW: boolean = false
/** Where tables start when they grow: the divisor of the limits below. */
export const TABLES_GROW_DIVISOR = 1

/**
 * Tables have their sizes at the start, by the variables of the engine that are free then: with VARIABLES_MOST the
 * limits below, with VARIABLES_LEAST what is called the least of each, in between a part of both. Off: the limits.
 */
export const TABLES_FIT: boolean = false
export const VARIABLES_LEAST: number = 0
export const VARIABLES_MOST: number = 0
export const SUBSCRIPTIONS_LEAST: number = 0
export const RETAINED_LEAST: number = 0
export const QUEUE_ROWS_LEAST: number = 0
export const POOL_BLOCKS_LEAST: number = 0

/** A native window over memory (E.memoryArea), which Espruino builds for computers do not have. */
export const MEMORY_WINDOW: boolean = true

// Connections.
export const CONNECTIONS_MAX = 9
/** Bytes of one connection's receive ring: the largest packet that is handled in one piece. */
export const RX_RING_SIZE: number = 512
/** The longest Topic Name, bytes, where RX_SHARED is off; 0: RX_RING_SIZE. */
export const TOPIC_BYTES_MAX: number = 0
/** One receive ring for all connections; what is left of a packet when its chunk ends waits in the pool. For boards. */
export const RX_ONE: boolean = false
/** One receive area shared by all connections; what is left of a chunk moves to the pool. Only for computers. */
export const RX_SHARED: boolean = false
/**
 * The largest packet, bytes, that is put together in the pool where the ring cannot hold what stands in front of its
 * first filter or its payload: a CONNECT with a long Will or password, a long Topic Filter or Topic Name.
 */
export const PACKET_HELD_MAX = 1_024
/** The largest packet that is accepted at all, bytes; announced as Maximum Packet Size. */
export const PACKET_SIZE_MAX = 65_535
/**
 * Bytes handed to the runtime and not yet sent, per connection; past it QoS 0 is dropped, and with twice as many of
 * unread answers the client is. A packet that is larger may be on its way besides.
 */
export const TX_CREDIT_SIZE = 2_048
/** Milliseconds a new Network Connection has for its CONNECT. */
export const CONNECT_TIMEOUT_MS = 10_000
/**
 * The longest Keep Alive that is accepted, seconds; a 5.0 client that asks for more, or for none, is given this one.
 * 0: no limit.
 */
export const KEEP_ALIVE_MAX = 0
/** Topic Aliases a client may use towards the broker, and the broker towards a client; per connection. */
export const TOPIC_ALIAS_MAX = 8

// Sessions.
export const SESSIONS_MAX = 16
/** The longest Client Identifier, bytes. */
export const CLIENT_IDENTIFIER_SIZE_MAX = 64
/** The longest Session Expiry Interval, seconds; 0xFFFFFFFF: sessions that never expire are allowed. */
export const SESSION_EXPIRY_MAX = 0xffff_ffff
/** QoS 1 and 2 messages on their way to one client. */
export const INFLIGHT_MAX = 16
/**
 * QoS 1 and 2 messages kept for one session, in flight or waiting; half of the rows, so that one slow client leaves
 * room for others. A publisher on a computer sends some 30 while TCP there holds back an acknowledgement of its
 * subscriber (Nagle's algorithm and a delayed ACK: 40 ms).
 */
export const QUEUE_MAX = 64
/** Rows for all sessions' queues together, and for the Packet Identifiers of incoming QoS 2. */
export const QUEUE_ROWS_MAX = 128
/** Our Receive Maximum: QoS 2 exchanges that a client may have open towards us. */
export const RECEIVE_MAX = 16

// Subscriptions.
export const SUBSCRIPTIONS_MAX = 200
/** Distinct arrangements of wildcards among the Topic Filters; see subscriptions/indexed/filter_shape.ts. */
export const FILTER_SHAPES_MAX = 32
/** Of them, those that one client may bring in. */
export const FILTER_SHAPES_CLIENT_MAX = 16
/** Topic Filters with wildcards beyond these, compared one by one; see subscriptions/indexed/filter_walked.ts. */
export const FILTERS_WALKED_MAX = 64
/** Of them, those that one client may bring in. */
export const FILTERS_WALKED_CLIENT_MAX = 16
/** Topic Filters in one SUBSCRIBE or UNSUBSCRIBE. */
export const FILTERS_PER_PACKET_MAX = 512

// Messages.
/** The byte pool: stored messages, Client Identifiers, Topic Filters, Will Messages. */
export const POOL_BLOCK_SIZE = 32
export const POOL_BLOCKS_MAX = 512
/** Blocks that messages may not take, so that clients can still connect and subscribe when queues are full. */
export const POOL_BLOCKS_RESERVED = 64
export const MESSAGES_MAX = 144
export const RETAINED_MAX = 64

/** Topic Filters for which an owner may say how soon retained messages are written, with RECORDS_MAPPED. */
export const PERSIST_RULES_MAX = 8

// The route cache.
export const ROUTES_MAX = 16
export const ROUTE_TARGETS_MAX = 200
export const ROUTE_TOPICS_SIZE = 768

// Access lists.
export const ACCESS_RULES_MAX = 32
/** With FEATURE_LISTENER_TERMS: access lists, the broker's own among them. */
export const ACCESS_LISTS_MAX = 1

/** Seconds between two publications of $SYS; 0: never. */
export const SYS_INTERVAL_DEFAULT = 10
