// docs/home.md: the name by which a board is found.
import { OTHERS, by, measured, notTried, type Statements } from './statements'

export const HOME_NAME: Statements = {
  '| `mdns`': by('board/name: is none with %j'),
  'With `"mdns": true` a board is found as a broker': by(
    'board/name: asks whether its name is free, announces it twice, and listens to the group',
    'board/name_engine: asks for its name, announces it and answers to who asks the group'),
  '- It asks three times whether the name is free': by(
    'board/name: takes the next name where somebody has it, before or later',
    'board/name: answers to all, or to one that asks for that, and leaves out what is known',
    'board/name: begins anew in each network, and says goodbye before it starts anew'),
  '- Espruino\'s firmware for the ESP32 has a responder too': OTHERS,
  'the board says `mDNS: the port is taken`':
    by('board/name: takes the port anew in each network, or says that the firmware has it'),
  '- It takes some': measured('memory'),
  'No board has tried any of this yet': notTried('No board has tried any of this yet'),
}
