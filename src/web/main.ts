// The page: a board is found, told what it needs, written, and listened to. Everything happens in the browser, by the
// same module as at the terminal.

import {
  CHIP_LAYOUTS, ELSEWHERE_MS, FORGETFUL, FlashError, Programmer, configurationOf, extensionFiles, extensionsOf,
  followBoot, followRestart, install, otherSocket, ownerFiles, partList, releaseAddress,
  socketAdvice, socketMark, storageBuild, update,
} from '../flash'
import type { BootLog, OwnerChoices, Socket, WebSerialPort } from '../flash'
import { Change } from './change'
import { chosenFiles, element, linkTo, say, show } from './element'
import { baudRate, formFill, formFollow, formForgive, formRead, task } from './form'
import type { Configuration } from './form'
import { modulesFollow } from './modules'
import { ProgressList } from './progress_list'
import { boardPrinter, clearResult, showProblem, showResult } from './result'
import { firmwareBeside, firmwareFor, program } from './supplies'

interface Serial { requestPort: () => Promise<WebSerialPort> }

const { serial } = navigator as Navigator & { serial?: Serial }

/** The board in its loader, once it was found, and where. */
let board: Programmer | null = null
let port: WebSerialPort
/** The speed at which it was found. */
let speed = 0
/** The board that runs, once it was found. */
let running: Change | null = null

/** A dialog of the browser: only while a press of a button is being answered. */
const choosePort = async (): Promise<WebSerialPort> => serial!.requestPort().catch(() => {
  throw new FlashError('no port', 'no board was chosen: plug it in and choose its port; if it is not in the list, '
    + 'its cable carries no data or its driver (CP210x, CH340: see above) is missing')
})

async function connect (): Promise<Programmer> {
  port = await choosePort()
  say('chip', 'Looking …')
  speed = baudRate()
  board = await Programmer.connect(port, { baudRate: speed })
  const { layout } = board
  say('chip', `${layout.chip}, 4 MB or more: ready`)
  element('firmware-link').replaceWith(Object.assign(linkTo(releaseAddress(layout), `espruino.com, for ${layout.chip}`),
    { id: 'firmware-link' }))
  show('firmware-choice', task() === 'install' && !await firmwareBeside(layout))
  return board
}

async function connectRunning (): Promise<void> {
  port = await choosePort()
  say('chip', 'Asking …')
  running = await Change.begin(port)
  const { name, version, configuration } = running.found
  say('chip', `${name} with Espruino ${version}: ready`)
  formFill(configuration)
  formFollow(true)
  await modulesFollow(running.found.files)
  element('wifi-name').focus()
}

/** The port is given back, so that the next attempt starts from the beginning. */
async function release (): Promise<void> {
  await board?.close()
  await running?.close()
  board = null
  running = null
  say('chip', '')
  formFollow(false)
}

/** Everything for a new board, checked before anything is written. */
async function setUp (found: Programmer, choices: OwnerChoices): Promise<[Configuration, Socket | undefined]> {
  const { layout } = found
  const files = ownerFiles(choices)
  const firmware = await firmwareFor(layout, await chosenFiles('firmware'))
  const { broker, extensions } = await program(layout)
  const beside = extensionFiles(extensionsOf(files), extensions)
  const parts = partList(layout, firmware, storageBuild(files, broker, beside))
  const socket = otherSocket(layout, firmware.version, port)
  begin('Writing', socket ? ` ${socketAdvice(layout, firmware.version, socket)}` : '')
  await install(found, parts, new ProgressList().tellPart)
  return [configurationOf(files), socket]
}

async function renew (found: Programmer): Promise<[Configuration, undefined]> {
  const newProgram = await program(found.layout)
  begin('Updating')
  const progress = new ProgressList()
  const configuration = await update(found, newProgram, ({ kept, isMove, isForgetful }) => say('note',
    `Keeps ${kept.join(', ')}.` +
    (isMove ? ' Files that were changed on the board must move: leave the cable in until this is done.' : '') +
    (isForgetful ? ` But ${FORGETFUL}.` : '')),
  progress.tellPart, fraction => progress.tell('reading', fraction))
  return [configuration, undefined]
}

function begin (title: string, advice = ''): void {
  say('task', title)
  say('note', `Leave the cable in.${advice}`)
  show('work', true)
  element('work-title').focus()
}

function end (log: BootLog, configuration: Configuration): void {
  say('task', 'Done')
  say('note', '')
  showResult(log, configuration)
}

/** Waits until the cable is in the other socket and its port was chosen, and follows the board there. */
async function followElsewhere (socket: Socket): Promise<BootLog> {
  await release()
  say('task', 'All is written')
  say('note', `To hear what the board says, plug the cable into its socket marked ${socketMark(socket)}, and choose `
    + 'the port that appears.')
  show('elsewhere', true)
  const button = element('elsewhere')
  button.focus()
  const chosen = await new Promise<WebSerialPort>(resolve => {
    // Whoever closes the browser's dialog can open it again.
    button.onclick = () => { serial!.requestPort().then(resolve, () => undefined) }
  })
  show('elsewhere', false)
  say('task', 'The board starts')
  say('note', 'It looks for its Wi-Fi.')
  return followRestart(chosen, boardPrinter())
}

/** Writes to a board in its loader, and follows it. */
async function flash (): Promise<void> {
  const isNew = task() === 'install'
  const { choices, problem } = isNew ? await formRead({}, []) : { choices: {}, problem: '' }
  if (problem) throw new FlashError('usage', problem)
  if (speed !== baudRate()) await release()
  const found = board ?? await connect()
  const [configuration, socket] = await (isNew ? setUp(found, choices) : renew(found))
  say('task', 'The board starts')
  say('note', 'It looks for its Wi-Fi.')
  let log = await followBoot(found, boardPrinter(), socket && ELSEWHERE_MS)
  if (socket && !log.isOver) log = await followElsewhere(socket)
  end(log, configuration)
}

/** Changes a board that runs, and follows it. */
async function change (): Promise<void> {
  const found = running!
  const { choices, problem } = await formRead(found.found.configuration, found.found.files)
  if (problem) throw new FlashError('usage', problem)
  const files = await found.files(choices)
  begin('Writing')
  const progress = new ProgressList()
  const log = await found.write(files, (name, fraction) => progress.tell(name, fraction))
  end(log, configurationOf(files))
}

/** Runs an action of a button, one at a time. What can be mended in the form leaves the board as it is. */
async function attempt (action: () => Promise<unknown>, isLast: boolean): Promise<void> {
  const buttons = [element<HTMLButtonElement>('connect'), element<HTMLButtonElement>('flash')]
  clearResult()
  buttons.forEach(button => { button.disabled = true })
  try {
    await action()
    if (isLast) await release()
  } catch (error) {
    const isMendable = error instanceof FlashError && ['usage', 'not an archive'].includes(error.problem)
    if (!isMendable) await release()
    show('work', false)
    showProblem(error as Error)
  } finally {
    buttons.forEach(button => { button.disabled = false })
  }
}

async function follow (): Promise<void> {
  // A board is in its loader for one task, and runs for the other.
  if (running || task() === 'change') await release()
  formFollow(false)
}

function start (): void {
  element('releases').append(...CHIP_LAYOUTS.flatMap((layout, index) =>
    [index > 0 ? ', ' : '', linkTo(releaseAddress(layout), layout.chip)]))
  show('able', serial !== undefined)
  show('unable', serial === undefined)
  if (!serial) {
    say('unable-why', window.isSecureContext
      ? 'It lacks Web Serial. Open this page in Chrome, Edge, Opera or Firefox, 151 or later, on a computer with ' +
        'Windows, macOS, Linux or ChromeOS. A phone or a tablet cannot do it.'
      : 'Browsers allow it only to pages from https:// or from this computer itself: open it by such an address.')
    return
  }
  document.querySelectorAll('input[name=task]').forEach(choice => choice.addEventListener('change', () => {
    void attempt(follow, false)
  }))
  element('connect').addEventListener('click', () => {
    void attempt(async () => {
      await release()
      await (task() === 'change' ? connectRunning() : connect())
    }, false)
  })
  element('form').addEventListener('submit', event => {
    event.preventDefault()
    void attempt(running ? change : flash, true)
  })
  element('form').addEventListener('input', ({ target }) => {
    if ((target as HTMLInputElement).id) formForgive(target as HTMLInputElement)
  })
  for (const id of ['hub', 'modules']) {
    element(id).addEventListener('change', () => { void modulesFollow(running?.found.files ?? []) })
  }
  formFollow(false)
}

start()
