// The extension m.hub: `midge`, for the owner's own code and for extensions that speak to the broker, and hub.js
// itself. It starts first, and hub.js last.
import { call, client, connect, watch } from './client'
import { hubErrorText } from './error'
import { hubGuard } from './guard'
import { textsLook } from './text'

interface Storage { read(name: string): string | undefined }

// eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
const own = (require('Storage') as Storage).read('hub.js')

/** Runs the owner's code. */
function ownRun(): void {
  hubGuard(own!, () => call(() => { new Function(own!)() }))
}

function start(): void {
  if (own) broker.describe(problem => hubErrorText(own, problem))
  ;(global as unknown as { midge: Midge }).midge = client
  textsLook()
  broker.watch(watch)
  connect()
  if (own) broker.last = ownRun
}

start()
