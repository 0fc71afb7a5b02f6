// What a schema says of payloads.

/** Whether a payload is what the schema says; does not throw. */
export type PayloadCheck = (payload: Uint8Array) => boolean

/** A schema, with others that it refers to by the names that it has for them; they come first. */
export interface SchemaText {
  /** For errors: a file, or where it is from. */
  from: string
  text: string
  references: { name: string, text: string }[]
}

/** A check that says no where it throws. */
export const whereItReads = (check: PayloadCheck): PayloadCheck => (payload) => {
  try {
    return check(payload)
  } catch {
    return false
  }
}
