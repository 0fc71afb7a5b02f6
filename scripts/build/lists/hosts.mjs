// Functions that many boards never run: extensions, where there are none. What only they need is moved into them
// (passes/nest.mjs).

export const HOSTS = [
  'hostOf',
]
