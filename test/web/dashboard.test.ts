// The broker's page from the gateway.
import { describe } from 'vitest'
import { brokerMake, brokersEnd } from '../gateway/library'
import { CHROMIUM } from './browser'
import { USERS, dashboardCases } from './dashboard_cases'

describe.skipIf(!CHROMIUM)('the broker\'s page (chromium)', () => {
  dashboardCases(async () => {
    const broker = await brokerMake({
      users: USERS,
      accessRules: [
        { userName: 'ann', access: 'read', filter: '$SYS/#' }, { userName: 'ann', access: 'readwrite', filter: '#' },
        { userName: 'otto', access: 'read', filter: 'garden/#' },
      ],
    })
    return {
      url: `http://127.0.0.1:${await broker.listen({ port: 0, protocol: 'websockets', dashboard: true })}/`,
      mqtt: `mqtt://127.0.0.1:${await broker.listen({ port: 0 })}`,
      end: brokersEnd,
    }
  })
})
