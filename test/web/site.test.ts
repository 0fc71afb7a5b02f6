// dist/flasher as a web host gets it.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FLASHER } from '../../scripts/lib/flasher.mjs'
import { CHIP_LAYOUTS, chipLayout, STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { storageFiles } from '../../src/flash/storage_build'
import { runScript } from '../flash/command_run'
import { releaseFiles, releaseZip } from '../flash/release'

/** Bytes that a first load may have, compressed: with the loader of one chip. */
const LOAD_SIZE_MAX = 200_000

describe('the page for a web host', () => {
  it('is small', () => {
    const files = ['index.html', 'flasher.css', 'midge.svg', 'flasher.js', 'loaders/esp32s3.js']
    const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(FLASHER, file))).length, 0)
    expect(size).toBeLessThan(LOAD_SIZE_MAX)
    expect(size).toBeGreaterThan(10_000)
  })

  it('loads nothing that it does not have, and nothing from elsewhere', () => {
    const page = readFileSync(join(FLASHER, 'index.html'), 'latin1')
    const loaded = [...page.matchAll(/<(?:link|script|img)[^>]*(?:href|src)="([^"]+)"/g)].map(([, path]) => path)
    expect(loaded.length).toBeGreaterThan(3)
    expect(loaded.filter(path => !statSync(join(FLASHER, path)).isFile())).toEqual([])
    expect(page).toContain('connect-src \'self\'')
    const loaders = ['esp32.js', 'esp32c3.js', 'esp32s3.js']
    expect(readdirSync(join(FLASHER, 'loaders'))).toEqual(expect.arrayContaining(loaders))
  })

  it('has a manifest for ESP Web Tools: every part that is not Espruino\'s is there, and none reaches the next', () => {
    const { name, version, builds } = JSON.parse(readFileSync(join(FLASHER, 'manifest.json'), 'utf8'))
    expect([name, version]).toEqual(['Midge', JSON.parse(readFileSync('package.json', 'utf8')).version])
    const families = builds.map(({ chipFamily }: { chipFamily: string }) => chipFamily)
    expect(families).toEqual(CHIP_LAYOUTS.map(({ chip }) => chip))
    for (const [index, { parts }] of builds.entries()) {
      const { board, bootloaderStart } = CHIP_LAYOUTS[index]
      expect(parts[0]).toEqual({ path: `firmware/${board}/bootloader.bin`, offset: bootloaderStart })
      for (const [at, { path, offset }] of parts.entries()) {
        if (path.startsWith('firmware/')) continue
        const end = offset + statSync(join(FLASHER, path)).size
        expect(end).toBeLessThanOrEqual(parts[at + 1]?.offset ?? STORAGE_START + STORAGE_SIZE)
      }
      const storage = new Uint8Array(readFileSync(join(FLASHER, parts.at(-1).path)))
      expect(storageFiles(storage).map(file => file.name)).toEqual(['midge.db', '.bootcde'])
    }
  })
})

describe('npm run flasher', () => {
  it('serves the releases of an archive of all boards as they are flashed, content with 4 MB', async () => {
    const layout = chipLayout('ESP32-S3')!
    const folder = mkdtempSync(join(tmpdir(), 'midge-site-'))
    const archive = join(folder, 'espruino_2v28.zip')
    writeFileSync(archive, releaseZip({ sizeBits: 3 }))
    let served: Promise<Uint8Array> | undefined
    const { output } = await runScript('flasher', ['--port', '0', '--firmware', archive], (text, interrupt) => {
      const address = /flasher: (\S+)/.exec(text)?.[1]
      if (!address || served) return
      served = fetch(`${address}firmware/esp32s3/bootloader.bin`)
        .then(async response => new Uint8Array(await response.arrayBuffer())).finally(interrupt)
    })
    for (const { chip } of CHIP_LAYOUTS) expect(output).toContain(`Espruino for ${chip} is beside the page`)
    expect(await served).toEqual(releaseFiles(layout)['bootloader.bin'])
    rmSync(folder, { recursive: true })
  })
})
