// aedes behind a plain TCP listener: a process of its own for the comparison.
import { createServer } from 'node:net'
import { Aedes } from 'aedes'

const broker = await Aedes.createBroker({ heartbeatInterval: 60_000 })
createServer({ noDelay: true }, broker.handle).listen(Number(process.argv[2]), '127.0.0.1')
