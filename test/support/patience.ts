/** Milliseconds until a wait for what never comes is given up. Not how long a thing may take: machines may be slow. */
export const PATIENCE_MS = 120_000
