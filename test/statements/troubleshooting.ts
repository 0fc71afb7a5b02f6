// What docs/troubleshooting.md says, and what proves it.
import { OTHERS, WORDS, by, type Statements } from './statements'

export const TROUBLESHOOTING: Statements = {
  '**Nothing connects after flashing.**': by('flash/upload: shows what it prints, until Ctrl-C'),
  '`access point midge-…` says': by('board/services: brings the board up as an access point where it is absent',
    'board/services: says what is wrong with %j, and comes up'),
  '**The browser\'s list of ports is empty.**': OTHERS,
  '**A board with two sockets says nothing.**': by('flash/console_socket: an %s with %s, whose cable is in %j'),
  '**The log of a board has no addresses.**': by('flash/board_log: names a client until its number is another',
    'interop/command_line: --verbose tells of a connection'),
  '**`midge.json: …` and an access point.**': by('board/services: says what is wrong with %j, and comes up',
    'flash/upload: gets a hub, a configuration and a broker'),
  '**The router has another password, or is another one.**': by(
    'board/rescue: is mended with a phone, and goes on with its sessions'),
  '**Every client is refused with': by('board/services: lets in who it names',
    'spec/access.cases: a PUBLISH that is not authorised'),
  '**Clients come and go every few seconds.**':
    by('spec/session.cases: a client that connects again takes its session over', 'flash/board_log: closed: 7 142'),
  '**A message never arrives.**': by('broker/when_full: when it is full'),
  '**Temperature of a sensor': by('board/hub_errors: is told with its line in the simulated board',
    'build/hub_check: return without a semicolon'),
  '**The board restarts, and': by('board/hub_guard: leaves the broker alone at the next start',
    'board/hub_guard: runs at once where it is another one'),
  '**It forgets everything at a power cut.**': WORDS,
  '**Clients of other computers cannot connect.**': by('gateway/configuration: without any: this computer alone'),
  '**It does not start and says a line': by('gateway/configuration: what is refused',
    'gateway/operation: says yes with 0, or what is wrong'),
  '**A client behind a firewall is closed.**':
    by('spec/keep_alive.cases: a client that is silent for one and a half'),
  '**Has a real ESP32 run it?**': by('board/engine: esp32 in Espruino',
    'flash/whole_way: a blank chip that is flashed'),
  '**Is there TLS on a board?**': WORDS,
  '**How many devices can a board serve?**': by('board/services: has room for nine clients'),
  '**Which Espruino?**': by('flash/firmware: says that it is'),
}
