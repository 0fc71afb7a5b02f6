// What a rule of an access list says (access.ts): for whoever writes one, in the core or in a port.

// Whom a rule is for.
/** Everybody; in its filter %u stands for the User Name and %c for the Client Identifier. */
export const RULE_PATTERN = 0
export const RULE_ANONYMOUS = 1
export const RULE_USER = 2
export const RULE_CLIENT = 3

// What a rule grants, or denies.
export const ACCESS_READ = 1
export const ACCESS_WRITE = 2
export const ACCESS_SUBSCRIBE = 4
export const ACCESS_DENY = 8
/** Only a port that judges itself is asked for it. */
export const ACCESS_UNSUBSCRIBE = 16
