// The form: what the owner wants, and what is wrong with it, said at the field.

import { NO_WIFI, choiceProblem } from '../flash'
import type { OwnerChoices } from '../flash'
import { chosenFile, element, input, show } from './element'

export type Task = 'install' | 'update'

/** The fields by what each of them chooses. */
const FIELDS = {
  wifiName: 'wifi-name',
  wifiPassword: 'wifi-password',
  hostName: 'host-name',
  userName: 'user-name',
  userPassword: 'user-password',
} as const

export const task = (): Task =>
  (document.querySelector('input[name=task]:checked') as HTMLInputElement).value as Task

export const baudRate = (): number => Number(element<HTMLSelectElement>('speed').value)

function choices (): OwnerChoices {
  return Object.fromEntries(Object.entries(FIELDS)
    .map(([choice, id]) => [choice, input(id).value] as const)
    .filter(([choice, value]) => choice === 'wifiName' || value))
}

/** What the form asks for; with `problem` where it cannot be done, and the field to mend in focus. */
export async function formRead (): Promise<{ choices: OwnerChoices, problem: string }> {
  const given = choices()
  const wrong = Object.entries(FIELDS).map(([choice, id]) => {
    const value = given[choice as keyof typeof FIELDS]
    const { userName, userPassword } = given
    // A user and its password are only right together.
    const alone = choice.startsWith('user') ? { userName, userPassword } : { [choice]: value }
    const problem = choice === 'wifiName' && !value ? NO_WIFI : choiceProblem(alone)
    input(id).setAttribute('aria-invalid', String(problem !== ''))
    input(id).setCustomValidity(problem)
    return { id, problem }
  }).find(({ problem }) => problem)
  // The browser takes its user to the field, and says there what is wrong.
  if (wrong) input(wrong.id).reportValidity()
  return { choices: { ...given, hub: await chosenFile('hub') }, problem: wrong?.problem ?? '' }
}

/** A field is being mended, and with it the other one where two are only right together. */
export function formForgive ({ id }: HTMLInputElement): void {
  const users: string[] = [FIELDS.userName, FIELDS.userPassword]
  for (const field of (users.includes(id) ? users : [id]).map(input)) {
    field.removeAttribute('aria-invalid')
    field.setCustomValidity('')
  }
}

/** Shows what the task needs. */
export function formFollow (): void {
  show('settings', task() === 'install')
  show('hub-choice', task() === 'install')
  element('flash').textContent = task() === 'install' ? 'Put Midge on the board' : 'Update the broker'
}
