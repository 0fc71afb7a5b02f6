// The form: what the owner wants, and what is wrong with it, said at the field.

import { NO_WIFI, choiceProblem } from '../flash'
import type { OwnerChoices } from '../flash'
import { chosenFiles, element, input, say, show } from './element'
import { hubProblem } from './hub_check'
import { modulesChosen } from './modules'

/** What a configuration says. */
export type Configuration = Record<string, unknown>

export type Task = 'install' | 'change' | 'update'

/** The fields by what each of them chooses. */
const FIELDS = {
  wifiName: 'wifi-name',
  wifiPassword: 'wifi-password',
  hostName: 'host-name',
  userName: 'user-name',
  userPassword: 'user-password',
} as const

const NO_PASSWORD = 'the password of the Wi-Fi is missing; tick that the network has none, if that is so'

const WORDS: Record<Task, { settings: string, button: string, warning: string }> = {
  install: {
    settings: 'Its settings',
    button: 'Put Midge on the board',
    warning: 'This writes over everything that is on the board, and no board has run Midge yet.',
  },
  change: {
    settings: 'What to change',
    button: 'Change it',
    warning: 'The board starts anew with it, which ends its connections. Nothing else is written.',
  },
  update: {
    settings: 'The broker',
    button: 'Update the broker',
    warning: 'The broker of this page takes the place of the board\'s. Settings, hub.js and other files stay.',
  },
}

export const task = (): Task =>
  (document.querySelector('input[name=task]:checked') as HTMLInputElement).value as Task

export const baudRate = (): number => Number(element<HTMLSelectElement>('speed').value)

function choices (known: Configuration): OwnerChoices {
  const given: OwnerChoices = Object.fromEntries(Object.entries(FIELDS)
    .map(([choice, id]) => [choice, input(id).value] as const)
    .filter(([choice, value]) => choice === 'wifiName' || value))
  if (input('wifi-open').checked) delete given.wifiPassword
  // Who is there already keeps the password.
  const isThere = given.userName !== undefined && given.userName in Object(known.users)
  if (isThere && !given.userPassword) delete given.userName
  return given
}

/** What is wrong with the choice of a field. */
function problemOf (choice: string, given: OwnerChoices, known: Configuration): string {
  const { wifiName, wifiPassword, userName, userPassword } = given
  if (choice === 'wifiName' && !wifiName) return NO_WIFI
  const isKept = wifiName === known.wifi_ssid || input('wifi-open').checked
  if (choice === 'wifiPassword' && wifiName && !wifiPassword && !isKept) return NO_PASSWORD
  // A user and its password are only right together.
  return choiceProblem(choice.startsWith('user')
    ? { userName, userPassword } : { [choice]: given[choice as keyof typeof FIELDS] })
}

/** Says at a field what is wrong with it; nothing where the text is empty. */
function mark (id: string, problem: string): void {
  const field = input(id)
  field.setCustomValidity(problem)
  document.getElementById(`${id}-wrong`)?.remove()
  field.removeAttribute('aria-invalid')
  if (!problem) return
  field.setAttribute('aria-invalid', 'true')
  const text = document.createElement('p')
  text.id = `${id}-wrong`
  text.className = 'wrong'
  text.textContent = problem.charAt(0).toUpperCase() + problem.slice(1) + '.'
  field.setAttribute('aria-errormessage', text.id)
  field.after(text)
}

/**
 * What the form asks for; with `problem` where it cannot be done, and the field to mend in focus. `known` is what the
 * board is configured with already, `there` the files that it has.
 */
export async function formRead (known: Configuration, there: string[]):
Promise<{ choices: OwnerChoices, problem: string }> {
  const given = choices(known)
  const wrong = Object.entries(FIELDS)
    .map(([choice, id]) => ({ id, problem: problemOf(choice, given, known) }))
  wrong.forEach(({ id, problem }) => mark(id, problem))
  const first = wrong.find(({ problem }) => problem)
  if (first) input(first.id).focus()
  const [hub] = (await chosenFiles('hub')).values()
  if (first) return { choices: given, problem: first.problem }
  const problem = hub ? await hubProblem(hub) : ''
  if (problem) return { choices: given, problem }
  return { choices: { ...given, hub, modules: await modulesChosen(there) }, problem: '' }
}

/** What stays of a board's configuration under the choices: not the password of a network that it leaves. */
export function configurationKept ({ wifiName }: OwnerChoices, known: Configuration): Configuration {
  const kept = { ...known }
  if (wifiName !== known.wifi_ssid || input('wifi-open').checked) delete kept.wifi_password
  return kept
}

/** Fills the form with what a board is configured with. Passwords stay where they are. */
export function formFill (known: Configuration): void {
  const [user = ''] = Object.keys(Object(known.users) as object).slice(-1)
  const values = { wifiName: known.wifi_ssid ?? '', hostName: known.hostname ?? '', userName: user }
  for (const [choice, value] of Object.entries(values)) {
    input(FIELDS[choice as keyof typeof values]).value = value as string
  }
  for (const id of [FIELDS.wifiPassword, FIELDS.userPassword]) input(id).placeholder = 'unchanged'
}

/** A field is being mended, and with it the other one where two are only right together. */
export function formForgive ({ id }: HTMLInputElement): void {
  const users: string[] = [FIELDS.userName, FIELDS.userPassword]
  const others = users.includes(id) ? users : [id === 'wifi-open' ? FIELDS.wifiPassword : id]
  for (const field of others) if (input(field).hasAttribute('aria-invalid')) mark(field, '')
}

/** Shows what the task needs: of a board that runs the settings, once they are known. */
export function formFollow (isKnown: boolean): void {
  const chosen = task()
  show('settings-card', chosen !== 'change' || isKnown)
  show('settings', chosen !== 'update')
  show('hub-choice', chosen !== 'update')
  if (chosen === 'update') show('modules-choice', false)
  show('speed-choice', chosen !== 'change')
  if (chosen !== 'install') show('firmware-choice', false)
  if (!isKnown) for (const id of [FIELDS.wifiPassword, FIELDS.userPassword]) input(id).placeholder = ''
  const { settings, button, warning } = WORDS[chosen]
  say('settings-name', settings)
  say('flash', button)
  say('warning', warning)
}
