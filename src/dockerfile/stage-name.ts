// What FROM … AS may call a stage.

import { SyntaxProblem } from './source-error.ts'

/** In lower case. @throws SyntaxProblem */
export function checkStageName(name: string): string {
  // Slashes are buildah's: `FROM build AS platform-arm/v7`, for `FROM platform-$TARGETPLATFORM`.
  if (/^[a-z][a-z0-9-_./]*$/i.test(name)) return name.toLowerCase()
  throw new SyntaxProblem(`invalid stage name '${name}'`, {
    near: name,
    hint: 'A stage name starts with a letter and goes on with letters, digits, -, _, dots and slashes.',
  })
}
