// Programs of which a pass moves functions: they must do what they did. What comes of each is its `result`.

/** `moved`: the functions that a pass is told to move. */
export const MEMBER_PROGRAMS: Record<string, { moved: string[], code: string }> = {
  'expressions only': {
    moved: ['sum', 'next', 'twice'],
    code: `
      var count = 1;
      function sum(a, b) { return a + b; }
      function next() { return ++count; }
      function twice(x) { return sum(x, x), sum(x, next()); }
      var result = [twice(4), sum(twice(1), 1), next()].join();`,
  },
  'branches that return, and some that do not': {
    moved: ['note', 'grade', 'each', 'size'],
    code: `
      var log = [];
      function note(x) { var text = 'n' + x; if (x > 2) return; log.push(text); }
      function grade(x) { var text; if (x > 4) { text = 'b'; return text; } return 'c' + typeof text; }
      function each(n) { for (var i = 0; i < n; i++) note(i); log.push(size(log)); }
      function size(list) { return list.length; }
      each(4); var result = log.join() + grade(5) + grade(1);`,
  },
  'an expression behind branches': {
    moved: ['grade', 'double'],
    code: `
      function grade(x) { if (x > 4) { return 'b' + double(x); } return 'c'; }
      function double(x) { return x * 2; }
      var result = grade(5) + grade(1) + double(8);`,
  },
  'a function that calls itself, and one inside': {
    moved: ['depth', 'all'],
    code: `
      function depth(x) { var rest = x.next; if (rest) { return 1 + depth(rest); } return 1; }
      function all(list, rest) { var sum = rest; list.forEach(function (x) { sum += depth(x) * rest; }); return sum; }
      var result = all([{ next: { next: 0 } }, {}], 3);`,
  },
  'a function that is passed around, and one that reads this': {
    moved: ['first', 'passed', 'owner', 'second'],
    code: `
      function first(x) { return x + 1; }
      function passed(x) { return first(x) * 2; }
      function owner(x) { return this.base + x; }
      function second(x) { return first(x) + 2; }
      var result = [1, 2].map(passed).concat(owner.call({ base: 5 }, 1), second(1)).join();`,
  },
  'a call among the arguments of another': {
    moved: ['add', 'less'],
    code: `
      function add(x, y) { return x + y; }
      function less(x, y) { if (x > y) { return x - y; } return 0; }
      var result = add(less(9, add(1, 2)), less(add(2, 3), 1));`,
  },
}
