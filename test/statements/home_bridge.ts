// What docs/home.md says of a bridge to another broker, and what proves it.
import { by, measured, type Statements } from './statements'

export const HOME_BRIDGE: Statements = {
  'A board hands chosen topics on to another broker': by(
    'interop/board_bridge: in the %s carries both ways, says that it is there, and goes on after either was killed'),
  '`topic` has a filter': by('board/bridge: carries both ways under other names at every QoS',
    'board/schema: agrees on the lines of a bridge',
    'interop/board_bridge: in the %s carries both ways, says that it is there, and goes on after either was killed'),
  'While the other broker is away QoS 1 and 2 wait': by(
    'board/bridge: keeps what is published before it has ever been connected',
    'simulation/bridged/bridged_seeds: a bridge loses nothing',
    'board/bridge: keeps what is for the other broker while that is away, through a power cut of its own, in order',
    'board/bridge: carries messages that are larger than a ring, whatever the pieces',
    'board/bridge_midway: what it subscribes to stands in front of a message that waited',
    'board/bridge: comes with a name and a password, and tries again more and more seldom where it is refused'),
  'The next one is refused': by('board/bridge: lets go of what its policy says when its queue is full: %s',
    'board/bridge: lets a topic have one message that waits with latest, and says how it is',
    'board/bridge: keeps as many messages as a queue, refuses and counts what is more',
    'board/bridge: writes 109 bytes to its flash for a reading that waits',
    'gateway/bridge/hour: 72,000 readings of an hour'),
  'Beside its state the board says every `sys_interval`': by(
    'board/bridge: lets go of what its policy says when its queue is full: %s',
    'board/bridge: lets a topic have one message that waits with latest, and says how it is'),
  'One board may be upstream of others': by('board/fleet: a board is upstream of eight others',
    'board/fleet: bridges of a hundred boards to one gateway lose nothing'),
  'A message from there for which the board has no room': by(
    'board/bridge_full: loses nothing of ',
    'board/bridge_order: keeps the order at QoS ',
    'board/bridge_full: asks again more and more seldom, in %s',
    'board/bridge_full: has what is retained there not kept once more with each attempt, in %s',
    'board/bridge_full: goes on where the other broker would forget what has no answer, in %s',
    'board/bridge_full: lets what is over the limit here pass, once, and goes on, in %s',
    'board/bridge_full: gives up messages where half an hour has made no room',
    'board/bridge_full: keeps nothing back where no more can be retained here',
    'board/bridge_full: does not wait for a client that is away for too long, in %s'),
  'MQTT 5.0 is spoken': by('board/bridge_terms: asks who refuses 5.0 as a bridge of 3.1.1, and then as a client',
    'board/bridge_terms: asks for no other version than the one that is named',
    'board/bridge_terms: takes No Local and Retain As Published of both, and hands properties on',
    'board/bridge_terms: keeps to what the other broker takes, whatever else that says, and to its Keep Alive',
    'board/bridge_terms: waits longer each time for a broker that has no room, and gives up what that will never take',
    'board/bridge_terms: sends no higher QoS than the other broker takes, and nothing to retain where it retains',
    'board/bridge_terms: asks for a Will that is less where the other broker refuses it',
    'board/bridge: keeps RETAIN flags',
    'board/bridge: has nothing come back that goes both ways',
    'board/bridge: carries both ways under other names at every QoS'),
  '`bridge_insecure true` has the bridge come by TLS': by(
    'interop/board_bridge: in the %s carries both ways by TLS',
    'board/bridge_terms: goes by TLS to port 8883 with bridge_insecure, and not without',
    'board/bridge_terms: is a sentence where the firmware has no TLS, and where a certificate is to be checked'),
  'A bridge takes a place among the nine clients': measured('memory'),
}
