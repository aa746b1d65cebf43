// `node push-test-image.ts FOLDER REGISTRY`

import { pushTestImage } from './test-image.ts'

const [folder = '', registry = ''] = process.argv.slice(2)
pushTestImage(folder, registry)
