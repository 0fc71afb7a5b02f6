// A web server of this computer that has releases, as Espruino's site has them.

import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { releaseManifest } from './release'
import type { ReleaseOptions } from './release'

export const MANIFEST = '/binaries/espruino_2v28_espressif_manifest.json'

export class ReleaseServer {
  /** Files by their paths. */
  readonly files = new Map<string, Uint8Array>()

  private constructor (private readonly server: Server) {}

  static async start (): Promise<ReleaseServer> {
    const server = createServer(({ url }, response) => {
      const data = releases.files.get(url!)
      // As a server that is asked by an old address does.
      if (url === '/latest.json') response.writeHead(302, { location: MANIFEST }).end()
      else response.writeHead(data ? 200 : 404).end(data)
    })
    const releases = new ReleaseServer(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return releases
  }

  /** An address of it. */
  at (path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`
  }

  /** Puts a manifest there, and its files beside it. */
  add (path: string, options: ReleaseOptions = {}, change = (list: string): string => list): void {
    const { manifest, files } = releaseManifest(options)
    this.files.set(path, Buffer.from(change(Buffer.from(manifest).toString())))
    for (const [name, data] of Object.entries(files)) this.files.set(`/binaries/${name}`, data)
  }

  close (): void {
    this.server.close()
  }
}
