// What a home does to its records, drawn from a seed.

import type { RecordsWorld } from './records_world'

/** A step: mostly small records that come and go, now and then a large one. */
export function step (one: RecordsWorld, unitsMax: number): void {
  const draw = one.below(100)
  const { size } = one.kept
  if (draw < 3) one.add(4_001 + one.below(9_000))
  else if (draw < 6) one.add(one.below(1_500), true)
  else if (draw < 9) one.add(600 + one.below(3_400))
  else if (draw < 12) one.abandon(10 + one.below(6_000), draw === 10)
  else if (draw < 32) one.add(4 + one.below(120))
  else if (draw < 37 && size > 0) one.addGroup(2 + one.below(5))
  else if (draw < 42) one.add(4 + one.below(30))
  else if (draw < 46 && size > 0) one.mark(one.pick())
  else if (draw < 48) one.leaveAny()
  else if (draw < 75) one.clean()
  else if (size > 0) one.remove(one.pick())
  while (one.units > unitsMax) one.remove(one.pick())
}

/** A store that is used: nearly as full as it may be, with much that is gone among what is not. */
export function useUp (one: RecordsWorld, unitsMax: number): void {
  one.open()
  for (let i = 0; i < 250; i++) {
    step(one, unitsMax)
    while (one.units < unitsMax * 0.8 && one.add(4 + one.below(200)));
  }
}
