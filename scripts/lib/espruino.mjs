// What scripts need that run a bundle in a real Espruino on this computer.

/**
 * A program's first lines: its server listens on `port`, whichever it asks for, and then `andThen` is done; a second
 * one on `pagePort`, where there is a page.
 */
export const listenElsewhere = (/** @type {number} */ port, andThen = '', pagePort = 0) =>
  `(function(n){var c=n.createServer,p=[${port},${pagePort}];n.createServer=function(f){var s=c(f),l=s.listen;
s.listen=function(q){l.call(s,p.shift()||q);${andThen}};return s}})(require("net"));\n`

/**
 * A program's first line where it has an empty Storage: makes the file in which a board's broker keeps what it
 * acknowledges, as large as the flasher does, unless it is there. It must be the first one.
 */
export const RECORDS_MAKE = '(function(s){if(!s.read("midge.db")){s.eraseAll();'
  + 's.write("midge.db","\\xff",0,655328)}})(require("Storage"));\n'

/** A program's line where it has no Wi-Fi: a module that joins whatever network it is told. */
export const WIFI_STAND_IN = `Modules.addCached("Wifi",${JSON.stringify(`var h={};
exports.on=function(e,f){(h[e]=h[e]||[]).push(f)};
exports.connect=function(){setTimeout(function(){(h.connected||[]).forEach(function(f){f({ip:"127.0.0.1"})})},0)};
exports.getAPIP=function(){return {ip:"127.0.0.1",mac:"24:0a:c4:00:00:02"}};
exports.getIP=exports.getAPIP;
exports.scan=function(f){setTimeout(f,0,[])};
exports.setHostname=exports.startAP=exports.stopAP=function(){};`)});\n`

/** JavaScript text of a string of bytes. */
const literal = (/** @type {string} */ bytes) => `"${[...bytes].map(letter =>
  /[ !#-[\]-~]/.test(letter) ? letter : `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}"`

/** A program's line that puts a file of bytes (Latin-1) into Storage. */
export const storageWrite = (/** @type {string} */ name, /** @type {string} */ bytes) =>
  `require("Storage").write(${literal(name)},${literal(bytes)});\n`
