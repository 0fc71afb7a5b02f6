// What the desk must answer as the engine does, as expressions. What throws in one throws in the other.

const LANGUAGE = [
  'typeof Map', 'typeof Array.from', 'typeof Object.freeze', 'typeof Math.imul', 'typeof [].at', 'typeof "".at',
  'typeof [].lastIndexOf', 'typeof new Uint8Array(1).copyWithin', 'typeof Number.isInteger', 'typeof Symbol',
  'typeof [].findIndex', 'typeof "".substr', 'typeof Object.assign', 'typeof Math.sign', 'typeof "".padStart',
  'typeof Promise', 'typeof "".replaceAll', 'typeof [].includes', 'typeof queueMicrotask', 'typeof globalThis',
  'typeof ({})["on"]', 'typeof ({})["\\x02on"]', '"on" in {}',
  '0xffffffff>>>0', '(0x7fffffff+1)|0', '(1<<31)>>>0', '[3,1,2].sort().join()', '[1,2,3,2].indexOf(2,-1)',
  '[-1.5,-0.5,0.5,1.5,-2.4].map(function (x) { return Math.round(x) }).join()',
]

/** Elements by keys that there can be and cannot be, of everything that may stand in front of one. */
const ELEMENTS = [
  ...['-1', 'NaN', 'undefined', 'null', 'true', '"-1"', '""', '"length"', '"1"', '1', '2', '-Infinity', '-0', '1/2']
    .flatMap((key) => [
      `(function (u, key) { return u[key] })(new Uint8Array([7,8]), ${key})`,
      `(function (u, key) { return u[(key)] === u[key] })(new Uint8Array([7,8]), ${key})`,
    ]),
  ...['-1', 'NaN', 'undefined', '2', '"x"', '1/2'].map((key) =>
    `(function (u, key) { u[key] = 5; u[1] += 1; return u.join() })(new Uint8Array([7,8]), ${key})`),
  ...['"abc"', '[1,2]', '{}', 'function () {}', 'undefined', 'null'].flatMap((value) =>
    ['-1', 'NaN', '9', '"x"'].map((key) => `(function (value, key) { return value[key] })(${value}, ${key})`)),
  '(function (value, key) { return value[key] })(5, -1)',
]

/** What has been assigned, as a value. */
const ASSIGNED = [
  'u[0] = -1', 'u[0] = 256', 'u[1] += 255', '--u[0]', 'u[0]--', '++u[1]', 'u[1]++', 'u[9] = 1', '(u[0] = 256) || 5',
  'v[0] = u[0] = -1', 'o.a = o["b"] = 300', 'u[o.n++] = o.n', 'u[o.n++] += o.n', 'o.u[1] -= 9', '(delete o.u, o.u)',
  '(function () { return this.u[0]++ + this.u[0] }).call(o)',
].map((change) => `(function (u, v, o) { return [${change}, JSON.stringify(u), v[0], o.n].join() })(`
  + 'new Uint8Array([0,1]), new Int16Array(1), {n: 0, u: new Uint8Array([3,4])})')

const TYPED_ARRAYS = [
  '(function(){var u=new Uint8Array(4);u.set("\\xffB",1);u.set("123456",3);return u.join()})()',
  '(function(){var u=new Uint8Array([1,2,3,4,5,6]);u.set(u.subarray(0,4),1);return u.join()})()',
  '(function(){var u=new Uint8Array([1,2,3,4,5,6]);u.set(u.subarray(2,6),0);return u.join()})()',
  'new Int16Array([40000])[0]', '"" + new Uint8Array([65, 66])',
  ...['2', '-2', '1,-1', '3,1', '5', '9', 'NaN,2', '1,NaN', '1,undefined', '1.7,3.2', '2,2'].flatMap((range) => [
    `new Uint8Array([1,2,3,4,5]).subarray(${range}).join()`, `new Uint8Array([1,2,3,4,5]).slice(${range}).join()`]),
  ...['[1,2],5', '[1,2],-1', '"AB",2', '"AB",9', '"AB",-1', '[1,2],NaN', '[1,2],1.5', '5', '{}', 'undefined',
    'new Uint8Array([1,2]).buffer,1', 'new Uint16Array([257,3])'].map((given) =>
    `(function(){var u=new Uint8Array(3);u.set(${given});return u.join()})()`),
  'new Uint8Array([1,2]).slice(0).concat([3]).length', 'new Uint8Array()', 'new Uint8Array("3")',
  'new Uint8Array(-1)', 'new Uint8Array(new Uint8Array([1,2,3]).buffer,1,0).join()',
  'new Uint8Array(new Uint8Array(70000).buffer,65536,1)', 'new Uint8Array(70000).subarray(65536,65537)',
  'new Uint8Array([1,2]).constructor === Uint8Array',
]

const TEXTS = [
  'String.fromCharCode(0x12ac).charCodeAt(0)', 'String.fromCharCode(NaN,-1,256,65.7,"66")', '"abcdef".substr(-2)',
  '"abc".charCodeAt(9)', '"a/b/c".split("/").join()', '"a,b,c".split(",",2).join("|")',
  '["abcab".indexOf("abd"),"abcab".indexOf("abc",1),"xa".indexOf("ab"),"xa".indexOf("b")].join()',
  '"aXbXc".replace(/X/g, "-")', '"aXbXc".replace(/x/gi, function (x) { return "(" + x + ")" })',
  '"a1b22".match(/[0-9]+/g).join()', '"aXbXc".replace(/X/, "-")', '"abc".replace("b","$&")', '"abc".replace(/b/,"$&")',
  '"abc".replace(/(b)/,"[$1]")', '"abc".includes("cd")', '"a".concat("b",1,undefined)',
  '"\\x0b a\\xa0".trim().length', '"\\xc4B".toLowerCase().charCodeAt(0)', '"\\xe4b".toUpperCase().charCodeAt(0)',
  ...['1,3', '-2', '-2,1', '-9,2', 'NaN,2', '2,NaN', '2,-1', '9,2', '1.7,2.9'].flatMap((range) =>
    ['substr', 'slice', 'substring'].map((name) => `"abcdef".${name}(${range})`)),
  ...['-1', 'NaN', 'undefined', '1.7', '"1"', '3'].map((at) => `"abc".charCodeAt(${at})`),
]

const JSON_TEXTS = [
  '5', '[1,2,]', '{\'a\':1,}', '1 2', '{} x', '-', '-5', '+5', '010', '0x1f', '.5', '5.', '/*x*/5',
  '"\\u20ac\\u00e4\\x41"', '', '{a:1}', '[1,,2]', '[1', '{"a" 1}', 'undefined', 'nul', '"a\nb"', '12 C', '"a',
  '{"a":{"b":[1,{"c":-2}]},"d":[]}',
]

const JSONS = [
  'JSON.stringify("a\\x7f\\x80\\xff\\x01\\"")', 'JSON.stringify("\\x00\\x1f\\\\u001f")', 'JSON.stringify(undefined)',
  'JSON.stringify({a:new Uint8Array([1,2])})',
  ...JSON_TEXTS.map((text) => `JSON.stringify(JSON.parse(${JSON.stringify(text)}))`),
]

const ENGINE_VALUES = [
  'undefined', 'null', '5', '"ab"', '[65,300]', '["ab",["cd"],3]', 'new Uint16Array([257,300])',
  'new Uint8Array([1,2]).buffer', 'new Uint8Array([1,2,3]).subarray(1)', 'true',
]

const ENGINE = [
  'E.CRC32("123456789")', 'E.CRC32([49,50])', 'E.CRC32([])', 'E.toString("ab", [67, 68])',
  ...['CRC32', 'toString', 'toArrayBuffer'].flatMap((name) => ENGINE_VALUES.map((value) => `(function (x) {
    return x === undefined ? "none" : typeof x === "object" ? x.byteLength : x })(E.${name}(${value}))`)),
  'clearTimeout(undefined)', 'clearInterval(undefined)', 'clearTimeout(99)', 'setTimeout(function () {}, Infinity)',
]

const STORAGE = [
  'write("a", "hello")',
  ...['1', '1,2', '1,99', '9', '-1', '-1,2', '0,0', '2,0', '0,-1', 'NaN,2'].map((range) => `read("a", ${range})`),
  'write("a", null)', 'readJSON("none")', 'write("b", "{a:1}")', 'readJSON("b").a', 'read("a")[-1]',
].map((call) => `require("Storage").${call}`)

export const EXPRESSIONS = [
  ...LANGUAGE, ...ELEMENTS, ...ASSIGNED, ...TYPED_ARRAYS, ...TEXTS, ...JSONS, ...ENGINE, ...STORAGE,
]
