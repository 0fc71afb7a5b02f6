// Which build this is: scripts/build/make.mjs puts a sum of the sources here, in a bundle that uses it. What one build
// has left in flash as it stood in its memory is nothing to another.
export const BUILD = ''
