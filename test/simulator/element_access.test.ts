// Programs whose accesses are looked at do what they did, where the engine does not refuse them.
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { ACCESS_PRELUDE, accessText } from '../../src/simulator/element_access'

const BEGIN = 'var u=new Uint8Array([1,2,3]),a=[4,5,6],o={n:0,u:u,k:"x"},n=0,s="text";function f(){n++;return u}\n'

/** What a program's last expression is, and what it leaves. */
function run (code: string): unknown {
  const value: unknown = runInNewContext(`${ACCESS_PRELUDE}${code}`)
  return value
}

const PROGRAMS = [
  'a[n++]+=a[n]', 'u[n++]=n;n', 'f()[n]', '(f())[n++]=n', 'typeof(o.u)[1]', '(function(){return(o.u)[n]=7})()',
  'u[u[u[0]]]', 'u[a[0]-a[1]+2]', 'f()[f()[0]]+n', 'o[o.k]=o["n"]+1,o.x', 'f()[0]++,f()[0]', 'o.u[n++]--,n',
  'u[1]<<=2,u[1]', 'f()[1]>>>=1', 'for(var i in a)n+=a[i];n', 'for(var v of a)n+=v;n',
  'var r=[];for(var i=0;i<3;i++)r[i]=u[i];r+""',
  'delete a[1],a[1]', 'a["push"](9),a.length', 'o.u["subarray"](1)[0]', 'a[s]', '[a,u][1][2]', 's[n]+s[s.length-1]',
  '(function(){return this.u[arguments[0]]=arguments[1]}).call(o,1,9)', 'n?u[0]:u[1]', 'void u[0]', '({u})["u"][0]',
  'var g=k=>u[k]=k;g(2)', 'a[n]&&(a[n]=3),a[0]', 'if(u[0])a[0]=1;else a[0]=2;a[0]', 'switch(u[0]){case a[0]-3:n=5}n',
  'function t(){return u[0]};t["\\xffcod"]', '`${u[0]}${a[n]}`', 'u[-0]', 'a[-1]', 'o[-1]=3,o["-1"]', 'null?.[0]',
]

describe('a program with its accesses looked at', () => {
  it.each(PROGRAMS)('does the same: %s', (program) => {
    const { text } = accessText(BEGIN + program)
    expect(run(`${text};`)).toEqual(run(`${BEGIN}${program};`))
  })

  it('leaves functions alone whose text is read', () => {
    const { text } = accessText('function t(){return u[n]}function w(){return u[n]}t["\\xffcod"]')
    expect(text).toContain('function t(){return u[n]}')
    expect(text).not.toContain('function w(){return u[n]}')
  })

  it('is what it was where it is no program', () => {
    expect(accessText('u[').text).toBe('u[')
  })

  const REFUSED = ['u[n-1]', 'u[a.x]', 'u[n/0]', 's[n-1]', 'u[n-1]=1', 'f()[-n]', 'f()[n+.5]=1', 'u[n-1]++',
    'x=u[n-1]=1', 'u[s]']
  it.each(REFUSED)('is ended by %s', (access) => {
    expect(() => run(accessText(BEGIN + access).text)).toThrow('does not already exist')
  })

  it.each(['b=u[n]=-1', 'b=--o.u[2],b=u[n]-=2', 'b=u[n]=511'])('has what the element holds of %s', (change) => {
    expect(run(accessText(`${BEGIN}var b;${change};b`).text)).toBe(255)
  })

  it('knows where everything stood', () => {
    const code = 'var first=1,second=u[n-1]+u[f()]\nthird(u[n],fourth)'
    const { text, placeOf } = accessText(code)
    for (const word of ['first', 'second', 'third', 'fourth']) {
      expect(placeOf(text.indexOf(word)), word).toBe(code.indexOf(word))
    }
  })
})
