// What a board needs besides the extension m.update to be updated over the air: room for two programs, and the file
// that Espruino runs in the broker's place when it starts, which chooses the program.

import { PAGE_SIZE, STORAGE_START } from './layout'
import {
  SLOTS_FILE, SLOT_ATTEMPTS, SLOT_COUNT, SLOT_HEAD_SIZE, SLOT_KEPT, SLOT_SIZE,
} from './slot_layout'
import { RECORDS_FILE } from './records_file'
import type { StorageFile } from './storage_build'

/** Espruino runs it instead of the broker's file where it is there. */
export const START_FILE = '.bootrst'

/** How long a program that is new has until it must have come up, minutes; and the watchdog's seconds. */
const TRIAL_MINUTES = 10
const WATCHDOG_S = 30
/** Files of Storage that are looked through at most. */
const FILES_MAX = 99

/** Slots that nothing is in; a file that ends in an erased byte would look as if it had been cut off. */
export function slotsFile (): StorageFile {
  const data = new Uint8Array(PAGE_SIZE + SLOT_COUNT * SLOT_SIZE).fill(0xff)
  data[data.length - 1] = 0x2e
  return { name: SLOTS_FILE, data }
}

/**
 * The program that chooses. It runs the newest slot whose sums are right, which belongs to the broker that the cable
 * brought, and which has come up, or has an attempt left; else the broker that the cable brought, which no update
 * touches. To the extension it leaves `midgeSlots`: address and place in the file of the first slot, and which one
 * runs, -1 for none. Digits are read as decimal ones: to the engine those behind a zero are octal. Where Storage
 * begins is found as for what the broker keeps (src/port/espruino/records/flash.ts).
 * Its last line runs at the top level, where the program's names belong.
 *
 * A slot that is on trial has used one of its attempts before its first character runs. It is given up when it throws
 * while it starts, or has not come up in time; and the watchdog, which it may never come to, is on.
 */
const START_TEXT = `
function midgeStart(){
var s=require("Storage"),f=require("Flash"),file="${SLOTS_FILE}",e="\\xff",base=E.CRC32(s.read(".bootcde"));
function number(t){return parseInt(t,10)}
function head(a){return E.toString(f.read(32,a))||""}
function find(a){
for(var n=${FILES_MAX},h,k;n--;){
h=head(a);
if(h.substr(4,${SLOTS_FILE.length + 1})==file+"\\0")return a+32;
k=h.charCodeAt(0)|h.charCodeAt(1)<<8|h.charCodeAt(2)<<16;
if(k&&k<16777215)a+=32+(k+3&-4);
else if(a&${PAGE_SIZE - 1})a=(a+${PAGE_SIZE - 1}&-${PAGE_SIZE});
else return 0;
}
return 0}
var free=f.getFree()[0].addr,isFirst=head(free).substr(4,${RECORDS_FILE.length + 1})=="${RECORDS_FILE}\\0";
var at=s.read(file,0,4)?find(isFirst?free:${STORAGE_START}):0,off=-at&${PAGE_SIZE - 1};
var run=-1,top=0,mark=0;
if(at)for(var i=0;i<${SLOT_COUNT};i++){
var o=off+i*${SLOT_SIZE},t=s.read(file,o,${SLOT_HEAD_SIZE})+"",k=0;
if(number(t.substr(0,10))!=E.CRC32(t.substr(10,32))||number(t.substr(22,10))!=base)continue;
if(!(number(t.substr(16,6))>top))continue;
if(t[${SLOT_KEPT}]==e){
k=[${SLOT_ATTEMPTS.join()}].filter(function(a){return t[a]==e})[0];
if(!k)continue;
}
if(E.CRC32(s.read(file,o+${SLOT_HEAD_SIZE},number(t.substr(10,6))))!=number(t.substr(32,10)))continue;
run=i;top=number(t.substr(16,6));mark=k;
}
midgeSlots=[at+off,off,run];
if(run<0)return s.read(".bootcde");
o=off+run*${SLOT_SIZE};
if(mark){
s.write(file,"\\0\\0\\0\\0",o+mark);
E.enableWatchdog(${WATCHDOG_S},true);
setTimeout(function(){if(s.read(file,o+${SLOT_KEPT},1)==e)midgeGiveUp("it has not come up")},${TRIAL_MINUTES * 60_000});
}
return s.read(file,o+${SLOT_HEAD_SIZE},number(s.read(file,o+10,6)))}
function midgeGiveUp(why){
var s=require("Storage"),o=midgeSlots[1]+midgeSlots[2]*${SLOT_SIZE};
print("update: "+why);
if(midgeSlots[2]<0||s.read("${SLOTS_FILE}",o+${SLOT_KEPT},1)!="\\xff")return;
[${SLOT_ATTEMPTS.join()}].forEach(function(a){
if(s.read("${SLOTS_FILE}",o+a,1)=="\\xff")s.write("${SLOTS_FILE}","\\0\\0\\0\\0",o+a);
});
print("update: the program before goes on");
setTimeout(function(){E.reboot()},100)}
var midgeSlots;
try{eval(midgeStart())}catch(e){midgeGiveUp(e)}
`

export const startFile = (): StorageFile => ({ name: START_FILE, data: new TextEncoder().encode(START_TEXT) })
