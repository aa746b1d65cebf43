import { describe, expect, test } from 'vitest'
import { readManifest } from '../../../../src/engine/kube/read-manifest.ts'

const pod = (spec: string) => `kind: Pod\nmetadata: {name: p}\nspec:\n  ${spec.replaceAll('\n', '\n  ')}\n`
const container = 'containers: [{name: a, image: b}]'

describe('readManifest', () => {
  test.each([
    ['spec.containers[0].image: is needed', pod('containers: [{name: a}]')],
    ['spec.containers[0].tty: must be true or false, not "yes"', pod('containers: [{name: a, image: b, tty: yes}]')],
    [
      'spec.containers[0].env[1].name: is needed',
      pod('containers: [{name: a, image: b, env: [{name: x}, {value: y}]}]'),
    ],
    [
      'spec.restartPolicy: "Sometimes" is none of Always, OnFailure, Never',
      pod(`${container}\nrestartPolicy: Sometimes`),
    ],
    [
      'spec.volumes[0].configMap.items[0].path: "../x" must lie inside the volume',
      pod(`${container}\nvolumes: [{name: v, configMap: {name: c, items: [{key: k, path: ../x}]}}]`),
    ],
    [
      'spec.containers[0].resources.limits.memory: "64Mb" is no quantity',
      pod('containers: [{name: a, image: b, resources: {limits: {memory: 64Mb}}}]'),
    ],
    [
      'volume mount v specified for container but not configured in volumes',
      pod('containers: [{name: a, image: b, volumeMounts: [{name: v, mountPath: /v}]}]'),
    ],
    ['duplicate container name "a" detected', pod(`${container}\ninitContainers: [{name: a, image: b}]`)],
    [
      'spec.volumes[0]: volume "v" is of kind nfs, which Gantry does not know',
      pod(`${container}\nvolumes: [{name: v, nfs: {server: s, path: /}}]`),
    ],
    [
      'spec.containers[0].env[0].valueFrom: fileKeyRef is not supported',
      pod('containers: [{name: a, image: b, env: [{name: E, valueFrom: {fileKeyRef: {path: p}}}]}]'),
    ],
    ['pod does not have a name', 'kind: Pod\nspec: {}\n'],
    ['multi doc yaml could not be split', 'kind: [Pod\n'],
    ['the document: must be an object, not "text"', 'text\n'],
  ])('names the field: %s', async (message, text) => {
    await expect(readManifest(text)).rejects.toThrow(message)
  })

  test('tells of every field that it has not read, and of nothing that says nothing', async () => {
    const text = pod(
      'nodeName: x\nsetHostnameAsFQDN: true\ncontainers: [{name: a, image: b, resources: {}, args: [], terminationMessagePath: /x, livenessProbe: {grpc: {port: 1}, terminationGracePeriodSeconds: 3}}]\ninitContainers: [{name: i, image: b, restartPolicy: Never}]',
    )
    const { unhonoured } = await readManifest(`${text}status: {phase: x}\n`)
    const paths = [
      'containers[0].terminationMessagePath',
      'containers[0].livenessProbe.terminationGracePeriodSeconds',
      'initContainers[0].restartPolicy',
      'nodeName',
      'setHostnameAsFQDN',
    ]
    expect([...unhonoured].sort()).toEqual(paths.map((path) => `Pod p: spec.${path} is not honoured`).sort())
  })

  test('reads flow style with trailing commas, and quotes escaped as Go’s readers take them', async () => {
    const text = `---
{
  apiVersion: "v1",
  kind: "Pod", # as newer examples are written
  metadata: { name: "p", },
  spec: {
    containers: [{
      name: "a",
      image: "b",
      args: [
        "\\
           it\\'s \\"one\\"\\n\\
        ",
      ],
    }],
  },
}
`
    const { pods } = await readManifest(`kind: ConfigMap\nmetadata: {name: c}\ndata: {k: "\\'"}\n${text}`)
    expect(pods[0]?.containers[0]?.args).toEqual([`it's "one"\n`])
  })

  test('reads several documents, lists and anchors, with YAML 1.1’s octal numbers and 1.2’s words', async () => {
    const text = [
      '# nothing\n---\n',
      'kind: List\nitems: [{kind: ConfigMap, metadata: {name: c}, data: {on: "yes", n: "0644"}, binaryData: {b: aGk=}}]\n---\n',
      pod(
        'restartPolicy: &never Never\ncontainers: [{name: a, image: on, args: [5, true]}]\nvolumes: [{name: v, secret: {secretName: s, defaultMode: 0400}}]',
      ),
    ].join('')
    const { pods, configMaps, kinds } = await readManifest(text)
    expect(kinds).toEqual(['ConfigMap', 'Pod'])
    expect([...(configMaps[0]?.data ?? [])].map(([key, value]) => [key, value.toString()])).toEqual([
      ['on', 'yes'],
      ['n', '0644'],
      ['b', 'hi'],
    ])
    expect(pods[0]?.volumes[0]?.source).toMatchObject({ kind: 'files', mode: 0o400 })
    expect(pods[0]?.containers[0]?.image).toBe('on')
    expect(pods[0]?.containers[0]?.args).toEqual(['5', 'true'])
  })

  test('workloads give a pod of their template, and say that it is one', async () => {
    const text = `kind: Deployment\nmetadata: {name: d, annotations: {x: own}}\nspec:\n  replicas: 2\n  template:\n    metadata: {labels: {l: m}}\n    spec: {${container}}\n`
    const { pods, unhonoured } = await readManifest(text)
    expect(pods[0]).toMatchObject({ name: 'd-pod', labels: { l: 'm' }, annotations: { x: 'own' }, restart: 'Always' })
    expect(unhonoured).toEqual([expect.stringContaining('Limiting replica count to 1')])
  })
})
