// One accepted and one refused program for every rule of the gate. Each prints 'right' in a standard engine. In
// Espruino the accepted one does too, and the refused one does not: that is what the gate is for.

export interface GateCase {
  rule: string
  accepted: string
  refused: string
  /** The refused program goes wrong on the boards but not in Espruino for Linux. */
  boardsOnly?: boolean
}

const right = (condition: string): string => `if (${condition}) print("right")`

export const GATE_CASES: GateCase[] = [
  {
    rule: 'default parameter',
    accepted: `function f(a){return a===undefined?1:a}${right('f()===1')}`,
    refused: `function f(a=1){return a}${right('f()===1')}`,
  },
  {
    rule: 'rest or spread',
    accepted: `function f(a){return a.length}${right('f([1,2])===2')}`,
    refused: `function f(...a){return a.length}${right('f(1,2)===2')}`,
  },
  {
    rule: 'destructuring',
    accepted: `var a=[1,2],x=a[0];${right('x===1')}`,
    refused: `var [x]=[1,2];${right('x===1')}`,
  },
  {
    rule: 'return without a semicolon',
    accepted: `var n=0;function f(a){while(n<1){n++;if(a)return;}}f(1);${right('n===1')}`,
    refused: `var n=0;function f(a){while(n<1)if(n++,a)return}f(1);${right('n===1')}`,
  },
  {
    rule: '++ or -- behind a line without a semicolon',
    accepted: `var a=1,b=1;a\nb++\n${right('a===1&&b===2')}`,
    refused: `var a=1,b=1\na\n++b\n${right('a===1&&b===2')}`,
  },
  {
    rule: 'do without braces',
    accepted: `var n=0;do{n++}\nwhile(n<3);${right('n===3')}`,
    refused: `var n=0;do n++\nwhile(n<3);${right('n===3')}`,
  },
  {
    rule: 'generator',
    accepted: `var n=0;function g(){return ++n}${right('g()===1')}`,
    refused: `function*g(){yield 1}${right('g().next().value===1')}`,
  },
  {
    rule: 'async function',
    accepted: `function f(done){done(1)}f(function(x){${right('x===1')}})`,
    refused: `var f=async function(){return 1};${right('f().then')}`,
  },
  {
    rule: 'optional chaining',
    accepted: `var o;${right('(o&&o.x)===undefined')}`,
    refused: `var o;${right('o?.x===undefined')}`,
  },
  {
    rule: 'logical assignment',
    accepted: `var a=null;if(a===null)a=1;${right('a===1')}`,
    refused: `var a=null;a??=1;${right('a===1')}`,
  },
  {
    rule: 'exponent operator',
    accepted: right('Math.pow(2,3)===8'),
    refused: right('2**3===8'),
  },
  {
    rule: 'computed key',
    accepted: `var o={};o["k"+1]=1;${right('o.k1===1')}`,
    refused: `var o={["k"+1]:1};${right('o.k1===1')}`,
  },
  {
    rule: 'class field',
    accepted: `class C{constructor(){this.x=1}}${right('new C().x===1')}`,
    refused: `class C{#x=1;get(){return this.#x}}${right('new C().get()===1')}`,
  },
  {
    rule: 'tagged template',
    accepted: `function t(s){return s}${right('t("a")==="a"')}`,
    refused: `function t(s){return s[0]}${right('t`a`==="a"')}`,
  },
  {
    rule: 'label',
    accepted: `var i=0;while(i<5){if(i===2)break;i++}${right('i===2')}`,
    refused: `var i=0;a:while(i<5){while(i<5){if(i===2)break a;i++}}${right('i===2')}`,
  },
  {
    rule: 'BigInt',
    accepted: right('1+1===2'),
    refused: right('typeof 1n==="bigint"'),
  },
  {
    rule: 'meta property',
    accepted: `function C(){this.a=this instanceof C}${right('new C().a')}`,
    refused: `function C(){this.a=new.target===C}${right('new C().a')}`,
  },
  {
    rule: 'regular expression',
    accepted: right('/^ab*[?]c$/.test("ab?c")'),
    refused: right('/^ab?c$/.test("ac")'),
  },
  {
    rule: 'comma in an index',
    accepted: `var a=[5,6],i=(0,1);${right('a[i]===6')}`,
    refused: `var a=[5,6];${right('a[0,1]===6')}`,
  },
  {
    rule: 'case after default',
    accepted: `var r=0;switch(2){case 2:r=1;break;default:r=3}${right('r===1')}`,
    refused: `var r=0;switch(2){default:r=3;break;case 2:r=1}${right('r===1')}`,
  },
  {
    rule: 'name of',
    accepted: `var on=1,o={of:2};${right('on===1&&o.of===2')}`,
    refused: `var of=1;${right('of===1')}`,
  },
  {
    rule: 'escape in a name',
    accepted: `var ab=1;${right('ab===1')}`,
    refused: `var a\\u0062=1;${right('ab===1')}`,
  },
  {
    rule: 'character above 255',
    accepted: `var s="\\xe2\\x82\\xac";${right('s.length===3')}`,
    refused: `var s="\\u20ac";${right('s.length===1&&s.charCodeAt(0)===8364')}`,
    boardsOnly: true,
  },
  {
    rule: 'function first in a for',
    accepted: `var s=0;(function(n){s=n})(1);for(;s<3;)s++;${right('s===3')}`,
    refused: `var s=0;for(function(n){s=n}(1);s<3;)s++;${right('s===3')}`,
  },
  {
    rule: 'built-in prototype',
    accepted: right('[1,2].slice(1)[0]===2'),
    refused: right('Array.prototype.slice.call([1,2],1)[0]===2'),
  },
  {
    rule: 'assignment to length',
    accepted: `var a=[1,2];a.splice(0,2);${right('a.length===0')}`,
    refused: `var a=[1,2];a.length=0;${right('a.length===0')}`,
  },
  {
    rule: 'class from Error',
    accepted: `var e=new Error("m");${right('e.message==="m"')}`,
    refused: `class E extends Error{}var e=new E("m");${right('e.message==="m"')}`,
  },
  {
    rule: 'let or const',
    accepted: `var f=[];function add(i){f.push(function(){return i})}for(var i=0;i<2;i++)add(i);${right('f[0]()===0')}`,
    refused: `var f=[];for(let i=0;i<2;i++)f.push(function(){return i});${right('f[0]()===0')}`,
  },
  {
    rule: 'unknown global',
    accepted: `var m={};m.a=1;${right('m.a===1')}`,
    refused: `var m=new Map;m.set("a",1);${right('m.get("a")===1')}`,
  },
  {
    rule: 'missing function',
    accepted: right('Math.floor(2.5)===2'),
    refused: right('Math.trunc(2.5)===2'),
  },
  {
    rule: 'missing method',
    accepted: right('[1,2].slice(-1)[0]===2'),
    refused: right('[1,2].at(-1)===2'),
  },
  {
    rule: 'use before declaration',
    accepted: `function f(){return 1}${right('f()===1')}`,
    refused: `${right('f()===1')};function f(){return 1}`,
  },
]
