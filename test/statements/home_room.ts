// What docs/home.md says of what a board has room for, and what proves it.
import { by, type Statements } from './statements'

export const HOME_ROOM: Statements = {
  'As many subscriptions, retained and queued messages': by('board/fit: and serves a home with %i variables'),
  'A board that starts with fewer variables free': by('board/fit: stays up, keeps what fits, and says what does not'),
  '- Retained messages that have no room': by('board/fit: stays up, keeps what fits, and says what does not',
    'board/fit: has the newest of what was retained meanwhile'),
  '- A session of which not all subscriptions': by('board/fit: stays up, keeps what fits, and says what does not'),
  '- Of messages that are queued the newest': by('board/fit: stays up, keeps what fits, and says what does not'),
}
