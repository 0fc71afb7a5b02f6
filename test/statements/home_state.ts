// What docs/home.md says of values that survive a power cut, and what proves it.
import { by, type Statements } from './statements'

export const HOME_STATE: Statements = {
  '| `state` | `true`: hub.js has [values': by('board/state: survives power cuts'),
  '- `midge.state` has [values': by('board/state: survives power cuts'),
  'With `"state": true` in its `midge.json`': by('board/hub_programs: does in the simulated board what it says'),
  '- `midge.state(name)` is the value': by('board/state: has values of every kind, and text beyond ASCII'),
  '- What is set is in flash as soon as': by(
    'board/state: writes what changes in one go once, and then once in five seconds, and nothing that is the same',
    'board/state: is whole, old or new, wherever the power goes while it is written',
    'board/state: is written before a restart that Home Assistant has asked for',
    'board/state: survives the end of the real interpreter'),
  '- All values together have 1,024 bytes': by(
    'board/state: refuses what is too large, and what cannot be kept, with a sentence, and keeps what it had',
    'board/state: waits in memory while the store is full'),
  '- They are a retained message at': by('board/state: is nobody else\'s to write, and is not among what # has'),
}
