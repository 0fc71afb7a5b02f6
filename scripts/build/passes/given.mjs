// Has an extension take what it uses of the object that it is given (lists/extensions.mjs,
// src/port/espruino/extensions.ts), and let go of that object: what it does not use it does not hold on to, nor the
// scope that such a function stands in, which are some 120 variables.
import { GIVEN } from '../lists/extensions.mjs'
import { allScopes } from '../scope.mjs'

/** The parameter of the function whose body an extension is. */
export const HOST = 'host'

/**
 * The code with that in front.
 * @param {import('../chunk.mjs').Chunk} chunk
 */
export function takeGiven ({ code, root }) {
  const free = new Set([...allScopes(root)].flatMap(scope =>
    scope.references.filter(({ name }) => !scope.find(name)).map(({ name }) => name)))
  const taken = GIVEN.filter(name => free.has(name))
  return `${taken.map(name => `var ${name} = ${HOST}.${name};\n`).join('')}${HOST} = 0;\n${code}`
}
