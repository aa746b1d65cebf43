// /etc/hosts and /etc/resolv.conf of a container that runs, when its networks have changed: the very files that are mounted in.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerNetwork } from '../../network/container-network.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { readBundleConfig } from '../container/bundle-config.ts'
import { hostsText, resolvText } from '../container/container-files.ts'
import { bridgeFacts } from '../container/network-facts.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'

/** What is not mounted is not written. The container's lock is held. */
export function rewriteFiles(engine: Engine, container: StoredContainer, connected: ContainerNetwork): void {
  const { id, stored } = container
  const network = bridgeFacts(engine, paths.networkNamespace(engine.at, id), connected)
  const rootfs = readBundleConfig(engine.at, id)?.root.path ?? ''
  const hostname = stored.spec.process.hostname ?? id.slice(0, 12)
  rewrite(engine, id, { file: 'hosts', text: () => hostsText(engine, container, { hostname, rootfs, network }) })
  rewrite(engine, id, { file: 'resolv.conf', text: () => resolvText(engine, container, { network }) })
}

function rewrite(
  { at }: Engine,
  id: string,
  { file, text }: { readonly file: string; readonly text: () => string },
): void {
  const path = join(paths.container(at, id), containerFiles.root.files, file)
  if (existsSync(path)) writeFileSync(path, text())
}
