// TEMPORARY
export function portRecordsOpen(): boolean {
  return false
}
export function portRecordRoom(): boolean {
  return false
}
export function portRecordAdd(): number {
  return 0
}
export function portRecordMark(): number {
  return 0
}
export function portRecordRemove(): number {
  return 0
}
export function portRecordNext(): number {
  return 0
}
export function portRecordKind(): number {
  return 0
}
export function portRecordMarks(): number {
  return 0
}
export function portRecordSize(): number {
  return 0
}
export function portRecordSequence(): number {
  return 0
}
export function portRecordAge(): number {
  return 0
}
export function portRecordRead(): number {
  return 0
}
