// What the built library (dist/host/midge.js) exports: the build wraps bundle.ts.

/** Makes a broker with tables of its own; several may live in one process. */
export declare function createBroker(): typeof import('./bundle')
