// What the engine has, by name: everything else is taken out of a simulated board's globals, and the gate refuses a
// bundle that names it. Read from the firmware's own tables, version 2v29; the ESP32 builds hold all of these.

/** Global names of the language. */
export const LANGUAGE_GLOBALS = [
  'Array', 'ArrayBuffer', 'Boolean', 'DataView', 'Date', 'Error', 'Float32Array', 'Float64Array', 'Function',
  'Infinity',
  'Int16Array', 'Int32Array', 'Int8Array', 'JSON', 'Math', 'NaN', 'Number', 'Object', 'Promise', 'ReferenceError',
  'RegExp', 'String', 'SyntaxError', 'TypeError', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray',
  'decodeURIComponent', 'encodeURIComponent', 'eval', 'globalThis', 'isFinite', 'isNaN', 'parseFloat', 'parseInt',
  'undefined',
]

/** Global names of the board and its firmware. */
export const BOARD_GLOBALS = [
  'E', 'ESP32', 'HIGH', 'I2C', 'InternalError', 'LED1', 'LOW', 'Modules', 'OneWire', 'Pin', 'SPI', 'Serial', 'Serial1',
  'Uint24Array', 'Waveform', 'analogRead', 'analogWrite', 'atob', 'btoa', 'changeInterval', 'clearInterval',
  'clearTimeout', 'clearWatch', 'console', 'digitalPulse', 'digitalRead', 'digitalWrite', 'dump', 'echo', 'edit',
  'getPinMode', 'getSerial', 'getTime', 'global', 'load', 'peek16', 'peek32', 'peek8', 'pinMode', 'poke16', 'poke32',
  'poke8', 'print', 'process', 'require', 'reset', 'save', 'setBusyIndicator', 'setDeepSleep', 'setInterval',
  'setSleepIndicator', 'setTime', 'setTimeout', 'setWatch', 'shiftOut', 'trace', 'exports', 'module', 'arguments',
]

/** Functions and constants that belong to a class itself. */
export const STATICS: Record<string, string[]> = {
  Array: ['isArray'],
  ArrayBuffer: [],
  Boolean: [],
  DataView: [],
  Date: ['now', 'parse'],
  Error: [],
  Function: [],
  JSON: ['parse', 'stringify'],
  Math: [
    'E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2', 'abs', 'acos', 'asin', 'atan', 'atan2', 'ceil',
    'clip', 'cos', 'exp', 'floor', 'log', 'max', 'min', 'pow', 'randInt', 'random', 'round', 'sign', 'sin', 'sqrt',
    'tan', 'wrap',
  ],
  Number: ['MAX_VALUE', 'MIN_VALUE', 'NEGATIVE_INFINITY', 'NaN', 'POSITIVE_INFINITY'],
  Object: [
    'assign', 'create', 'defineProperties', 'defineProperty', 'entries', 'fromEntries', 'getOwnPropertyDescriptor',
    'getOwnPropertyDescriptors', 'getOwnPropertyNames', 'getPrototypeOf', 'keys', 'setPrototypeOf', 'values',
  ],
  Promise: ['all', 'reject', 'resolve'],
  RegExp: [],
  String: ['fromCharCode'],
}

const TYPED_ARRAY_METHODS = [
  'buffer', 'byteLength', 'byteOffset', 'every', 'fill', 'filter', 'find', 'findIndex', 'forEach', 'includes',
  'indexOf', 'join', 'length', 'map', 'reduce', 'reverse', 'set', 'slice', 'some', 'sort', 'subarray',
  'toString',
]

/** Methods and properties of a class's values. */
export const METHODS: Record<string, string[]> = {
  Array: [
    'concat', 'every', 'fill', 'filter', 'find', 'findIndex', 'forEach', 'includes', 'indexOf', 'join', 'length', 'map',
    'pop', 'push', 'reduce', 'reverse', 'shift', 'slice', 'some', 'sort', 'splice', 'toString', 'unshift',
  ],
  ArrayBuffer: ['byteLength'],
  TypedArray: TYPED_ARRAY_METHODS,
  DataView: ['Float32', 'Float64', 'Int16', 'Int32', 'Int8', 'Uint16', 'Uint32', 'Uint8'].flatMap(
    type => [`get${type}`, `set${type}`]),
  Date: [
    'getDate', 'getDay', 'getFullYear', 'getHours', 'getIsDST', 'getMilliseconds', 'getMinutes', 'getMonth',
    'getSeconds', 'getTime', 'getTimezoneOffset', 'getUTCDate', 'getUTCDay', 'getUTCFullYear', 'getUTCHours',
    'getUTCMilliseconds', 'getUTCMinutes', 'getUTCMonth', 'getUTCSeconds', 'setDate', 'setFullYear', 'setHours',
    'setMilliseconds', 'setMinutes', 'setMonth', 'setSeconds', 'setTime', 'toISOString', 'toJSON', 'toString',
    'toUTCString', 'valueOf',
  ],
  Error: ['message', 'stack', 'toString', 'type'],
  Function: ['apply', 'bind', 'call', 'replaceWith', 'length'],
  Number: ['toFixed', 'toString', 'valueOf'],
  Object: [
    'addListener', 'clone', 'emit', 'hasOwnProperty', 'on', 'prependListener', 'removeAllListeners', 'removeListener',
    'toString', 'valueOf',
  ],
  Promise: ['catch', 'then'],
  RegExp: ['exec', 'test', 'lastIndex', 'source'],
  String: [
    'charAt', 'charCodeAt', 'concat', 'endsWith', 'includes', 'indexOf', 'lastIndexOf', 'length', 'match', 'padEnd',
    'padStart', 'removeAccents', 'repeat', 'replace', 'replaceAll', 'slice', 'split', 'startsWith', 'substr',
    'substring', 'toLowerCase', 'toString', 'toUpperCase', 'trim', 'valueOf',
  ],
}

/** Modules inside the firmware of the ESP32 builds, as far as a broker and its users need them here. */
export const FIRMWARE_MODULES = ['net', 'dgram', 'Wifi', 'Storage', 'Flash', 'TelnetServer']
