// kube play: pods, volumes and secrets of a Kubernetes manifest.

import type { Engine } from '../../../engine/engine.ts'
import type { Manifest } from '../../../engine/kube/read-manifest.ts'
import { defineCommand } from '../../command.ts'
import { releaseInterrupts } from '../../interrupt.ts'
import { imageBuilds } from '../../kube-build.ts'
import { readKubeFile } from '../../kube-file.ts'
import { checkKubePlay, type KubePlayInvocation, kubePlayOptions, toPlayRequest } from '../../options/kube-play.ts'
import { beQuietIf } from '../../options/quiet.ts'
import { printDown, printPlayed } from '../../render/kube-report.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: kubePlayOptions,
  positionals: [{ name: 'kubefile', usage: 'KUBEFILE|-', complete: 'file' }],
  description:
    'The manifest is a file, a URL, or standard input (-). Kinds: Pod, Deployment, DaemonSet and Job (one pod each), ConfigMap, Secret and ' +
    'PersistentVolumeClaim. What is in it and not honoured is named in a warning each; --strict refuses it. An image that is not here is built, if there ' +
    'is a folder of its name with a Containerfile or Dockerfile.',
  examples: [
    'gantry kube play web.yaml',
    'gantry kube play --replace --publish 8080:80 https://example.com/web.yaml',
    'gantry kube play --strict - < web.yaml',
    'gantry kube play --build --context-dir images web.yaml',
  ],
  async run(open, invocation) {
    const { options, args } = invocation
    checkKubePlay(invocation)
    beQuietIf(options.quiet)
    const { readManifest } = await import('../../../engine/kube/read-manifest.ts')
    const manifest = await readManifest(await readKubeFile(args[0] ?? '-'))
    if (options.down) return takeDown(await open(), manifest, options.force)
    const configMaps = await readConfigMaps(options.configmap)
    const wanted = toPlayRequest(invocation, { manifest, configMaps })
    const engine = await open()
    const { preparePlay } = await import('../../../engine/kube/play.ts')
    const request = await preparePlay(engine, wanted, imageBuilds(engine, invocation))
    if (options.replace) await takeDown(engine, manifest, false)
    return options.wait ? playAndWait(engine, request) : play(engine, request)
  },
})

type Request = ReturnType<typeof toPlayRequest>

async function readConfigMaps(files: KubePlayInvocation['options']['configmap']) {
  if (files.length === 0) return []
  const { readConfigMapFile } = await import('../../../engine/kube/read-config-maps.ts')
  const found = await Promise.all(files.map(async (path) => readConfigMapFile(path, await readKubeFile(path))))
  return found.flat()
}

async function takeDown(engine: Engine, manifest: Manifest, isForced: boolean): Promise<number> {
  const { down } = await import('../../../engine/kube/down.ts')
  return printDown(await down(engine, manifest, { isForced }))
}

async function play(engine: Engine, request: Request): Promise<number> {
  const { play: playManifest } = await import('../../../engine/kube/play.ts')
  const played = await playManifest(engine, request)
  const code = printPlayed(played)
  if (code !== 0 || played.service === undefined) return code
  const { tellManager } = await import('../../../engine/kube/service.ts')
  return tellManager(engine, played)
}

/** A signal asks for the cleaning up, and must not interrupt it. */
async function playAndWait(engine: Engine, request: Request): Promise<number> {
  printLine('Use ctrl+c to clean up or wait for pods to exit')
  const { play: playManifest } = await import('../../../engine/kube/play.ts')
  const played = await orCleanUp(engine, request, async () => playManifest(engine, request))
  releaseInterrupts()
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => resolve('interrupted'))
  })
  const code = printPlayed(played)
  const { waitForPods } = await import('../../../engine/kube/wait-for-pods.ts')
  const ended = waitForPods(engine, played)
  const how = await Promise.race([ended, interrupted])
  printLine(`${how === 'interrupted' ? '\n' : ''}Cleaning up containers, pods, and volumes...`)
  const downCode = await takeDown(engine, request.manifest, true)
  await ended
  return code === 0 ? downCode : code
}

/** What a play waits for is interrupted as usual: by the second Ctrl-C at once. */
async function orCleanUp<T>(engine: Engine, { manifest }: Request, play: () => Promise<T>): Promise<T> {
  try {
    const played = await play()
    engine.signal.throwIfAborted()
    return played
  } catch (error) {
    if (engine.signal.aborted) await takeDown(engine, manifest, true)
    throw error
  }
}
