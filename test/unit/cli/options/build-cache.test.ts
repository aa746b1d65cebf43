import { expect, test } from 'vitest'
import { parseCacheFrom, parseCacheTo } from '../../../../src/cli/options/build-cache.ts'
import { labelOf } from '../../../../src/engine/build/cache-place.ts'

test.each([
  ['registry.example/team/cache', 'registry.example/team/cache'],
  ['team/cache', 'docker.io/team/cache'],
  ['type=registry,ref=localhost:5000/cache:main', 'localhost:5000/cache'],
  ['mode=max,type=registry,ref=localhost:5000/cache,image-manifest=true', 'localhost:5000/cache'],
])('--cache-from %s is the repository %s', (text, label) => {
  const place = parseCacheFrom(text)
  expect([place.kind, labelOf(place)]).toEqual(['registry', label])
})

test('a folder is read from src, and written to dest', () => {
  expect(parseCacheFrom('type=local,src=/x/y')).toEqual({ kind: 'local', folder: '/x/y' })
  const place = { kind: 'local', folder: '/x/y' }
  expect(parseCacheTo('type=local,dest=/x/y')).toEqual({ place, isOptional: false })
  expect(parseCacheTo('type=local,dest=/x/y,ignore-error=true')).toEqual({ place, isOptional: true })
})

test.each([
  ['localhost/cache:1', 'must contain neither a tag nor digest'],
  ['localhost/UPPER', 'must be lowercase'],
  ['type=local', 'wants dest=FOLDER'],
  ['type=registry,ref=', 'wants ref=REPOSITORY'],
  ['type=registry,ref=localhost/cache,x', '"x" is not KEY=VALUE'],
  ['ref=localhost/cache', 'its type is registry or local'],
  ['type=constructor', 'its type is registry or local'],
  ['type=inline', 'type=inline is not supported'],
  ['type=gha,scope=main', 'type=gha is not supported'],
  ['type=s3,region=x', 'type=s3 is not supported'],
  ['type=azblob', 'type=azblob is not supported'],
  ['type=local,src=/x', 'src=/x is not supported'],
  ['type=registry,ref=localhost/cache,compression=zstd', 'compression=zstd is not supported'],
  ['type=registry,ref=localhost/cache,image-manifest=false', 'image-manifest=false is not supported'],
  ['type=registry,ref=localhost/cache,mode=most', 'mode=most is not supported'],
])('--cache-to %s is refused: %s', (text, reason) => {
  expect(() => parseCacheTo(text)).toThrow(reason)
})
