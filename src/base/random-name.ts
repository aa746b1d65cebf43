// Names for containers that were given none: an adjective and a surname from computing's and mathematics' history.

import { randomIndex } from './random.ts'

const adjectives = (
  'able agile amber ample ardent aware blithe bold brave breezy bright brisk calm candid careful cheery civil clear clever ' +
  'cosy crisp curious daring dapper deft eager early earnest easy elated epic exact fair fearless fervent festive fine firm ' +
  'fleet fluent fond frank fresh gentle gifted glad golden graceful grand hardy hearty honest hopeful humble jolly jovial ' +
  'keen kind lively loyal lucid lucky mellow merry mighty modest neat nimble noble open patient placid plucky polite prime ' +
  'proud prompt quick quiet ready robust rosy serene sharp silent sincere sleek smart snug solid spry stable steady stoic ' +
  'sturdy sunny swift tender tidy tranquil trusty upbeat valiant vivid warm wise witty worthy zesty'
).split(' ')

const surnames = (
  'abel agnesi allen antonelli babbage backus banach bartik bayes bell bernoulli birkhoff blackburn blackwell boole borg bose ' +
  'brooks cantor cauchy cayley cerf chandra church clarke codd conway cray curry dahl darwin descartes dijkstra dirac easley ' +
  'einstein elion engelbart erdos euclid euler faraday fermat feynman fibonacci floyd fourier franklin galileo galois gauss ' +
  'germain godel goldberg gray hamilton hamming hardy hawking hilbert hoare hodgkin holberton hopper huffman hypatia johnson ' +
  'kalman kay kepler kernighan kilburn kleene knuth kovalevskaya lagrange lamarr lamport laplace leibniz liskov lovelace ' +
  'mandelbrot maxwell mccarthy meitner mendel milner minsky mirzakhani moore napier naur newton noether nygaard pascal ' +
  'perlis poincare ramanujan ritchie rivest robinson shamir shannon sinclair stallman tarjan taussky thompson torvalds tukey ' +
  'turing vaughan villani wescoff wilkes wilson wing wirth yalow zuse'
).split(' ')

/** `keen_hopper`; about 18,000 of them, so the caller must be ready to ask again. */
export function randomName(): string {
  return `${pick(adjectives)}_${pick(surnames)}`
}

function pick(words: readonly string[]): string {
  return words[randomIndex(words.length)] as string
}
