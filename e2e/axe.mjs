// What axe finds on a page at WCAG 2.2 AA.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Each thing found, as a line. The policy that lets a page run no other script binds evaluation from outside not. */
export async function findings (page) {
  await page.evaluate(source)
  const found = await page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: tags })
    return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target.join(' ')) }))
  }, TAGS)
  return found.map(({ id, help, where }) => `${id}: ${help} (${where.slice(0, 3).join('; ')})`)
}
