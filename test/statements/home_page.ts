// docs/home.md: the page that a board serves.
import { by, measured, notTried, type Statements } from './statements'

export const HOME_PAGE: Statements = {
  '| `dashboard`': by('board/page: leaves its port to the page of the access point',
    'board/page: is not asked for where midge.json does not, or is wrong',
    'board/schema: agrees with the board on %s'),
  'A board with `dashboard` in its':
    by('board/page_frames: is one more connection of the broker, wherever what is sent is cut'),
  'Open `http://midge.local/`': by('web/dashboard_board: of the simulated board',
    'web/dashboard_cases: publishes, subscribes, and changes', 'board/page_frames: is its clients, numbers, limits'),
  '- **Who sees what**: the page\'s file': by('web/dashboard_cases: tells a user with few rights',
    'board/page_frames: is its clients, numbers, limits'),
  '- **What it leaves out**': by('board/page_frames: is its clients, numbers, limits'),
  '- **From where**: browsers may come from the page': by('board/page: is answered with %s: %j'),
  '- **Sockets**: of the board\'s ten one listens': by('board/page: of nobody who asks for nothing',
    'board/page: for a third WebSocket'),
  '- **What it takes**': measured('memory'),
  'as Espruino\'s build ESP32_IDF4, has no page':
    by('board/page: is not asked for where midge.json does not, or is wrong'),
  'No board has served it yet': notTried('No board has served it yet'),
}
