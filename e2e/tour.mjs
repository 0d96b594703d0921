// Takes the screenshots of docs/tour: each page at both widths.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { open, PAGES } from './pages.mjs'
import { browser, start, visit, WIDTHS } from './site.mjs'

/** How many pixels of a page are shown at most. */
const LONGEST = 1400

const folder = resolve(import.meta.dirname, '../docs/tour')
mkdirSync(folder, { recursive: true })
const site = await start()
const chrome = await browser()
try {
  for (const wanted of PAGES) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      const page = await visit(chrome, site.address, { who: wanted.who, width })
      await open(page, wanted)
      const length = await page.evaluate(() => document.documentElement.scrollHeight)
      const clip = { x: 0, y: 0, width, height: Math.min(length, LONGEST) }
      await page.screenshot({ path: `${folder}/${wanted.name}-${size}.png`, fullPage: true, clip })
      await page.context().close()
    }
  }
} finally {
  await chrome.close()
  await site.stop()
}
