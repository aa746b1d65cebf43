import tseslint from 'typescript-eslint'

/** The few rules that prevent a class of defect each: see ../shared/STYLE.md, "Tools and habits". */
const processRules = [
  { object: 'process', property: 'exit', message: 'only cli/ ends the process' },
  { object: 'process', property: 'argv', message: 'only cli/ reads argv' },
]
const recursiveRemove = {
  selector: 'CallExpression[callee.name=/^rm(Sync)?$/], CallExpression[callee.property.name=/^rm(Sync)?$/]',
  message: 'use os/remove-tree.ts: it refuses to descend into mounts',
}
const recursiveMake = {
  selector: 'CallExpression[callee.name=/^mkdir(Sync)?$/] Property[key.name="recursive"]',
  message: 'use os/make-folders.ts: Node loops for ever below /proc',
}
const shellImport = {
  name: 'node:child_process',
  message: 'use os/exec.ts or os/spawn.ts: no process is started anywhere else',
}

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage', 'libexec'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      'max-depth': ['error', 3],
      complexity: ['error', 12],
      'no-restricted-properties': ['error', ...processRules],
      'no-restricted-syntax': ['error', recursiveRemove, recursiveMake],
      'no-restricted-imports': ['error', { paths: [shellImport] }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/os/**/*.ts', 'src/build/**/*.ts'],
    rules: { 'no-restricted-imports': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: ['src/cli/**/*.ts', 'src/build/**/*.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }] },
  },
)
