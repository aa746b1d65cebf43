// buildah config: what the image of a working container will say of itself.

import { lockContainer } from '../container/lock-container.ts'
import type { ContainerRef } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { readWorking, type WorkingImage, writeWorking } from './working-container.ts'

/** Durable when it resolves. @throws not-found `container-unknown`; what `change` throws, and then nothing is changed */
export async function configureWorking(
  engine: Engine,
  target: ContainerRef,
  change: (image: WorkingImage) => WorkingImage,
): Promise<void> {
  using locked = await lockContainer(engine, target)
  writeWorking(engine, locked.container, change(readWorking(engine, locked.container)))
}
