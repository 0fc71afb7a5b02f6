// What goes onto a board from this computer: the firmware, the broker, the configuration.
import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { distFresh, extensionsBeside } from '../lib/dist.mjs'
import { showBuild } from '../lib/show_build.mjs'
import { configurationRead } from './configuration.mjs'
import { hubRead } from './files.mjs'

/** A release of Espruino from a file, a folder or an address. */
export async function firmwareFor (flash, layout, source) {
  if (!source) {
    throw new flash.FlashError('usage', `which Espruino? Get the release for ${layout.chip} from `
      + `https://www.espruino.com/Download and name its file or folder with --firmware, or its address, as ${
        flash.releaseAddress(layout)}`)
  }
  return flash.firmwareRead(await firmwareFiles(flash, source, [layout]), layout)
}

/** The files of a release by their paths; of a manifest's only those for chips of `layouts`. */
export async function firmwareFiles (flash, place, layouts) {
  if (/^https?:/.test(place)) return downloaded(flash, place, layouts)
  const found = await stat(place).catch(() => null)
  if (!found) {
    throw new flash.FlashError('not an archive', `there is no ${place}: --firmware names a release of Espruino`)
  }
  if (!found.isDirectory()) return flash.archiveFiles(new Uint8Array(await readFile(place)), flash.isReleaseFile)
  const files = new Map()
  // The archive of all boards, unpacked, has a folder for each chip.
  const folders = (await readdir(place, { withFileTypes: true })).filter(entry => entry.isDirectory())
  for (const folder of ['', ...folders.map(({ name }) => name)]) {
    for (const name of (await readdir(join(place, folder)).catch(() => [])).filter(flash.isReleaseFile)) {
      files.set(join(folder, name), new Uint8Array(await readFile(join(place, folder, name))))
    }
  }
  return files
}

/** The files of a folder at an address, which has one chip's. */
async function downloadedFolder (flash, address, layouts) {
  for (const names of layouts.flatMap(({ files }) => files)) {
    const response = await fetch(new URL(names.firmware, address), { method: 'HEAD' }).catch(() => null)
    if (!response?.ok) continue
    const files = new Map()
    for (const name of Object.values(names)) files.set(name, (await download(flash, new URL(name, address).href)).data)
    return files
  }
  throw new flash.FlashError('not an archive', `${address} has no ${layouts.map(({ files }) => files[0].firmware)
    .join(', ')}: is it the folder of a release for this chip?`)
}

/** The files of an archive at an address, of a folder there, or of those that a manifest there lists. */
async function downloaded (flash, address, layouts) {
  if (address.endsWith('/')) return downloadedFolder(flash, address, layouts)
  const { data, url } = await download(flash, address)
  if (!flash.isManifest(data)) return flash.archiveFiles(data, flash.isReleaseFile)
  const files = new Map()
  for (const layout of layouts) {
    for (const [name, path] of flash.manifestPaths(data, layout)) {
      files.set(`${layout.board}/${name}`, (await download(flash, new URL(path, url).href)).data)
    }
  }
  if (files.size === 0) throw flash.notInManifest(data, layouts)
  return files
}

async function download (flash, address) {
  const help = 'get one from https://www.espruino.com/Download and name its file with --firmware'
  const response = await fetch(address).catch(() => null)
  if (response?.ok) return { data: new Uint8Array(await response.arrayBuffer()), url: response.url }
  const why = response ? `answered ${response.status}` : 'cannot be reached'
  throw new flash.FlashError('not an archive', `${address} ${why}: ${help}`)
}

/** The broker for a chip, as it is stored, and all of its extensions by their files. */
export async function programFor (layout) {
  const file = await distFresh(layout.board, showBuild(`the broker for ${layout.chip}`, console.log))
  return { broker: new Uint8Array(await readFile(file)), extensions: await extensionsBeside(file) }
}

/** The owner's own files as they were written: a configuration, what it says, and hub.js. */
export async function givenFiles (flash, { config, hub }) {
  const { settings } = config ? await configurationRead(flash, config) : { settings: {} }
  return { settings, hub: hub && await hubRead(flash, hub) }
}

/** Throws FlashError where what the options choose is wrong, whatever is asked for beside it. */
export function optionsCheck (flash, { ssid, password, name }) {
  const problem = flash.choiceProblem({ wifiName: ssid, wifiPassword: password, hostName: name })
  if (problem) throw new flash.FlashError('usage', problem)
}

/** The files for the board: the options over a configuration, and hub.js. */
export function ownersFiles (flash, options, { settings, hub }) {
  const { ssid, password, name, userName, userPassword } = options
  const usage = sentence => new flash.FlashError('usage', sentence)
  const network = ssid ?? settings.wifi_ssid
  if (!network) throw usage('which Wi-Fi? Give --ssid NAME, or --config')
  if (password === undefined && settings.wifi_password === undefined) {
    throw usage(`which password has ${network}? Put it into MIDGE_WIFI_PASSWORD, or say --open where it has none`)
  }
  if (userName && userPassword === undefined) {
    throw usage(`user ${userName} lacks a password: run this at a terminal, or put it into MIDGE_USER_PASSWORD`)
  }
  const choices = { wifiName: ssid, wifiPassword: password, hostName: name, userName, userPassword, hub }
  return flash.ownerFiles(choices, settings)
}
