import { describe, expect, test } from 'vitest'
import { labelCommand } from '../../../src/image/label-command.ts'

const facts = { image: 'localhost/web:2', name: 'web', args: [], variables: { PWD: '/here', OPT1: 'x y', OPT2: '' } }

describe('labelCommand', () => {
  test.each([
    ['podman run IMAGE', ['podman', 'run', 'localhost/web:2']],
    ['podman run --name NAME $IMAGE ${NAME}-x', ['podman', 'run', '--name', 'web', 'localhost/web:2', 'web-x']],
    ['p IMAGE=IMAGE NAME=NAME --a=IMAGE', ['p', 'IMAGE=localhost/web:2', 'NAME=web', '--a=localhost/web:2']],
    ['p $NAMES $PWD ${OPT1} $OPT2 $SECRET z', ['p', '/here', 'x', 'y', 'z']],
    ['sh -c "echo $NAME; id" \'$PWD\'', ['sh', '-c', 'echo web; id', '/here']],
  ])('%j', (text, words) => expect(labelCommand(text, facts)).toEqual(words))

  test('takes further words, and refuses none', () => {
    expect(labelCommand('p', { ...facts, args: ['a', 'NAME'] })).toEqual(['p', 'a', 'NAME'])
    expect(() => labelCommand(' ', facts)).toThrow('holds no command')
  })
})
