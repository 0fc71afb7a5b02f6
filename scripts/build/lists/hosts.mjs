// Functions that many boards never run: the owner's own code and a bridge, where there is none. What only they need is
// moved into them (passes/nest.mjs).

export const HOSTS = [
  'hubRun',
  'bridgeRun',
]
