// Which of the words that there are is closest to one that there is not.

/** Letters to put in, take out or change to make one word of another. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(one[i - 1] !== other[j - 1]))
    }
    row = next
  }
  return row[other.length]
}

/** A name is no longer than that where it is compared: the time goes by its length. */
const COMPARED_SIZE_MAX = 50

/** Of equal ones the first; capital letters and `_` make no other word. */
export function closestWord(word: string, words: string[]): string {
  const plain = (text: string): string => text.slice(0, COMPARED_SIZE_MAX).toLowerCase().replaceAll(/[_-]/g, '')
  const distances = words.map((one) => distance(plain(word), plain(one)))
  return words[distances.indexOf(Math.min(...distances))]
}
