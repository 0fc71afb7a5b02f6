// Runs every case against the gateway as it is shipped, over TLS.
import { afterAll, describe } from 'vitest'
import { runCases } from '../spec/run_cases'
import { boards } from '../support/core_instance'
import { tlsBy } from './carriers'
import { certificatesMake, hasOpenssl } from './certificates'
import { brokersEnd } from './library'
import { PACKETS_MAX, socketWorld } from './socket_world'

afterAll(brokersEnd)

describe.skipIf(!hasOpenssl)('with certificates of openssl', () => {
  const tls = hasOpenssl ? tlsBy(certificatesMake()) : null
  runCases(boards.host, (configuration) => socketWorld('TLS', tls!, configuration), { packetsMax: PACKETS_MAX })
})
