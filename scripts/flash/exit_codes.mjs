// How the commands that touch a board end: 0 is success; what stopped them otherwise.
const EXIT_CODES = {
  usage: 2, 'no port': 3, 'no permission': 4, 'no answer': 5, 'wrong chip': 6, 'too small': 7, 'not an archive': 8,
  cable: 9, verification: 10, 'no room': 11, 'not a board': 12,
}

/** Runs a command; what its user can mend ends it with one sentence and an exit code. */
export async function runCommand (flash, run) {
  try {
    await run()
  } catch (error) {
    // A prompt that was left with Ctrl-C.
    if (error.name === 'ExitPromptError') process.exitCode = 130
    else if (error instanceof flash.FlashError) {
      console.error(error.message)
      process.exitCode = EXIT_CODES[error.problem]
    } else throw error
  }
}
