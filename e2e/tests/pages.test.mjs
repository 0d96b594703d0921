// Each page as people get it: desktop and phone, with and without JavaScript.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findings } from '../axe.mjs'
import { open, PAGES, STATES } from '../pages.mjs'
import { looking, SHORT, visit, WIDTHS } from '../site.mjs'

describe('every page', () => {
  const at = looking()

  for (const wanted of SHORT ? PAGES : [...PAGES, ...STATES]) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      for (const javaScriptEnabled of SHORT ? [size === 'desktop'] : [true, false]) {
        const how = `${size}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`
        test(`${wanted.name}, ${how}`, async () => {
          const page = await visit(at.chrome, at.address, { who: wanted.who, width, javaScriptEnabled })
          page.troubles.length = 0
          assert.equal(await open(page, wanted), wanted.status ?? 200)
          assert.equal(await page.locator('h1').count(), 1, 'one heading')
          if (wanted.heading) assert.equal(await page.locator('h1').innerText(), wanted.heading)
          const { wide, seen } = await page.evaluate(() => ({
            wide: document.documentElement.scrollWidth, seen: document.documentElement.clientWidth
          }))
          assert.ok(wide <= seen, `${wide} px wide in a window of ${seen} px`)
          const troubles = page.troubles.filter((trouble) => !(wanted.status && trouble.includes(`${wanted.status}`)))
          assert.deepEqual(troubles, [], 'nothing in the console')
          if (javaScriptEnabled) assert.deepEqual(await findings(page), [], 'nothing that axe finds')
          await page.context().close()
        })
      }
    }
  }
})
