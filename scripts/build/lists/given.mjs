// What an extension is given by the board's program, by the names of src/hub/extension.d.ts.
export const GIVEN = ['configuration', 'accept', 'report', 'wifiWait', 'say', 'looks', 'room', 'broker']
