// The page: a board is found, told what it needs, written, and listened to. Everything happens in the browser, by the
// same module as at the terminal.

import {
  FlashError, Programmer, configurationOf, followBoot, install, ownerFiles, partList, storageBuild, update,
} from '../flash'
import type { OwnerChoices, WebSerialPort } from '../flash'
import { chosenFile, element, say, show } from './element'
import { baudRate, formFollow, formForgive, formRead, task } from './form'
import { ProgressList } from './progress_list'
import { clearResult, logLine, showProblem, showResult } from './result'
import { broker, firmwareBeside, firmwareFor } from './supplies'

interface Serial { requestPort: () => Promise<WebSerialPort> }

const { serial } = navigator as Navigator & { serial?: Serial }

/** The board in its loader, once it was found. */
let board: Programmer | null = null
/** The speed at which it was found. */
let speed = 0

async function connect (): Promise<Programmer> {
  // A dialog of the browser: only while a press of a button is being answered.
  const port = await serial!.requestPort().catch(() => {
    throw new FlashError('no port', 'no board was chosen: plug it in and choose its port; if it is not in the list, '
      + 'its cable carries no data or its driver (CP210x, CH340) is missing')
  })
  say('chip', 'Looking …')
  speed = baudRate()
  board = await Programmer.connect(port, { baudRate: speed })
  say('chip', `${board.layout.chip}, 4 MB or more: ready`)
  say('firmware-chip', board.layout.chip)
  show('firmware-choice', !await firmwareBeside(board.layout))
  return board
}

/** The port is given back, so that the next attempt starts from the beginning. */
async function release (): Promise<void> {
  await board?.close()
  board = null
  say('chip', '')
}

/** What the board's configuration says. */
type Configuration = Record<string, unknown>

/** Everything for a new board, checked before anything is written. */
async function setUp (found: Programmer, choices: OwnerChoices, progress: ProgressList): Promise<Configuration> {
  const { layout } = found
  const files = ownerFiles(choices)
  const firmware = await firmwareFor(layout, await chosenFile('firmware'))
  const parts = partList(layout, firmware, storageBuild(files, await broker(layout)))
  begin('Writing')
  await install(found, parts, progress.tellPart)
  return configurationOf(files)
}

async function renew (found: Programmer, progress: ProgressList): Promise<Configuration> {
  const newBroker = await broker(found.layout)
  begin('Updating')
  return update(found, newBroker, ({ kept, isMove }) => say('note', `Keeps ${kept.join(', ')}.` +
    (isMove ? ' Files that were changed on the board must move: leave the cable in until this is done.' : '')),
  progress.tellPart, fraction => progress.tell('reading', fraction))
}

function begin (title: string): void {
  say('task', title)
  say('note', 'Leave the cable in.')
  show('work', true)
  element('work-title').focus()
}

async function flash (): Promise<void> {
  const isNew = task() === 'install'
  const { choices, problem } = isNew ? await formRead() : { choices: {}, problem: '' }
  if (problem) throw new FlashError('usage', problem)
  if (speed !== baudRate()) await release()
  const found = board ?? await connect()
  const progress = new ProgressList()
  const configuration = await (isNew ? setUp(found, choices, progress) : renew(found, progress))
  say('task', 'The board starts')
  say('note', 'It looks for its Wi-Fi.')
  const log = await followBoot(found, logLine)
  say('note', '')
  showResult(log, configuration)
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

function start (): void {
  show('able', serial !== undefined)
  show('unable', serial === undefined)
  if (!serial) {
    say('unable-why', window.isSecureContext
      ? 'It lacks Web Serial. Open this page in Chrome, Edge or Opera, on a computer with Windows, macOS, Linux or ' +
        'ChromeOS. A phone or a tablet cannot do it.'
      : 'Browsers allow it only to pages from https:// or from this computer itself: open it by such an address.')
    return
  }
  document.querySelectorAll('input[name=task]').forEach(choice => choice.addEventListener('change', formFollow))
  element('connect').addEventListener('click', () => {
    void attempt(async () => { await release(); await connect() }, false)
  })
  element('form').addEventListener('submit', event => {
    event.preventDefault()
    void attempt(flash, true)
  })
  element('form').addEventListener('input', ({ target }) => formForgive(target as HTMLInputElement))
  formFollow()
}

start()
