// The path of a Unix socket.

/** Bytes of one at the most: what the system has room for. */
export const SOCKET_PATH_SIZE_MAX = 107
