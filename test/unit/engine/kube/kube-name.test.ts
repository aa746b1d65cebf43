import { describe, expect, test } from 'vitest'
import {
  containerNames,
  isHostName,
  isQualifiedName,
  kubeLabel,
  kubeName,
  serviceName,
} from '../../../../src/engine/kube/kube-name.ts'

describe('names as Kubernetes takes them', () => {
  test.each([
    ['web', 'web'],
    ['MyApp', 'myapp'],
    ['my_app', 'myapp'],
    ['my.app.v2', 'my.app.v2'],
    ['A_B-c.', 'ab-c'],
    ['a.-b', 'a.b'],
    ['x'.repeat(70), 'x'.repeat(52)],
    [`${'x'.repeat(51)}-y`, 'x'.repeat(51)],
  ])('a pod %s is %s', (name, expected) => {
    expect(kubeName(name)).toBe(expected)
  })

  test('a suffix stays whole', () => {
    expect(kubeName('y'.repeat(70), '-pod')).toBe(`${'y'.repeat(48)}-pod`)
  })

  test('a container has no dots, a service begins with a letter', () => {
    expect(kubeLabel('my.app')).toBe('my-app')
    expect(kubeLabel(`${'a'.repeat(62)}..b`)).toBe('a'.repeat(62))
    expect(serviceName('9lives.v2')).toBe('service-9lives-v2')
    expect(serviceName('pod.b')).toBe('pod-b')
  })

  test('containers of a pod have each a name, without the pod before it', () => {
    const all = [
      { id: '1', name: 'shop-front' },
      { id: '2', name: 'Front' },
      { id: '3', name: 'front' },
      { id: '4', name: 'shop-_' },
    ]
    expect([...containerNames(all, 'shop').values()]).toEqual(['front', 'front-2', 'front-3', 'shop'])
    expect([...containerNames(all).values()]).toEqual(['shop-front', 'front', 'front-2', 'shop'])
  })

  test.each(['note', 'io.example/Some.Key_1', `${'a'.repeat(63)}`, 'a/b'])('%s is a key', (key) => {
    expect(isQualifiedName(key)).toBe(true)
  })

  test.each(['a/b/c', 'Ünder', '', '/a', 'a/', 'Io.Example/key', 'some_key/ctr', `${'a'.repeat(64)}`, '-a'])(
    '%s is none',
    (key) => {
      expect(isQualifiedName(key)).toBe(false)
    },
  )

  test('names of hosts', () => {
    expect(['db', 'db.example.com', '1.example'].every(isHostName)).toBe(true)
    expect(['Foo', 'foo_bar', '', 'a..b', 'a.', '-a'].some(isHostName)).toBe(false)
  })
})
