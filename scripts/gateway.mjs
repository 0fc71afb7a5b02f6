// `npm run gateway [-- --config mosquitto.conf ...]`: the gateway's command line, built first where sources changed.
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { distFresh } from './lib/dist.mjs'

const folder = dirname(await distFresh('host'))
await import(pathToFileURL(join(folder, 'cli.js')).href)
