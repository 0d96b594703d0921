// Takes the screenshots of docs/tour: each page at both widths.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { open, PAGES } from './pages.mjs'
import { browser, start, visit, WIDTHS } from './site.mjs'

const folder = resolve(import.meta.dirname, '../docs/tour')
mkdirSync(folder, { recursive: true })
const site = await start()
const chrome = await browser()
try {
  for (const wanted of PAGES) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      const page = await visit(chrome, site.address, { who: wanted.who, width })
      await open(page, wanted)
      await page.screenshot({ path: `${folder}/${wanted.name}-${size}.png`, fullPage: true })
      await page.context().close()
    }
  }
} finally {
  await chrome.close()
  await site.stop()
}
