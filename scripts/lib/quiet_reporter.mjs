// What a command says that runs as a test: what it prints itself, and why it failed; nothing of the test runner's own.

export default class QuietReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly { stack?: string, message: string }[]} errors
   */
  onTestRunEnd (modules, errors) {
    for (const { stack, message } of errors) console.error(stack ?? message)
    for (const module of modules) {
      for (const { stack, message } of module.errors()) console.error(stack ?? message)
      for (const test of module.children.allTests('failed')) {
        for (const { message } of test.result().errors ?? []) console.error(`${test.name}: ${message}`)
      }
    }
  }
}
