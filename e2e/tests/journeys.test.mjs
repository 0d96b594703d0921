// What people do, from the first page to the last.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findings } from '../axe.mjs'
import { looking, PASSWORD, SHORT, visit, WIDTHS } from '../site.mjs'

const JOURNEYS = [
  'disclosure', 'missing', 'found', 'meeting', 'interview-planned', 'interview-held', 'decision', 'request-made',
  'request-answered', 'concern', 'look-reviewed'
]

/** What is answered where a question asks for text, by the last part of its address. */
const ANSWERS = {
  case: '', 'looked-case': 'm', reader: 'o99', child: '', age: '14', team: 'protection', interviewer: 'o11', suspect: 'adult-z', request: 'request-z',
  note: 'She said what had happened. [quote: "I told somebody in March."]'
}

/** Answers every question of a journey until its answers are to be checked; says which questions were asked. */
async function answerAll (page, look) {
  const asked = []
  while (!new URL(page.url()).pathname.endsWith('/check')) {
    const question = new URL(page.url()).pathname.split('/').at(-1)
    assert.ok(asked.length < 20 && !asked.includes(question), `${question} is asked again: ${await text(page)}`)
    asked.push(question)
    await look(page)
    await answer(page, question)
    await page.locator('main form button').last().click()
  }
  return asked
}

/** An hour ago it was this day; what is planned is a year later. */
function dayOf (question) {
  const then = new Date(Date.now() - 3_600_000)
  return `${then.getUTCDate()}/${then.getUTCMonth() + 1}/${then.getUTCFullYear() + (question === 'planned-for' ? 1 : 0)}`
}

async function answer (page, question) {
  const main = page.locator('main')
  for (const group of await main.locator('fieldset').all()) {
    const choice = group.locator('input[type=radio], input[type=checkbox]').first()
    if (await choice.count()) await choice.check()
  }
  const date = main.locator('input[name=date]')
  if (await date.count()) {
    await date.fill(dayOf(question))
    if (await main.locator('input[name=time]').count()) await main.locator('input[name=time]').fill('00:01')
  }
  const field = main.locator('input[name=answer]:not([type=radio]):not([type=checkbox]), textarea[name=answer]')
  if (await field.count() && !(await field.inputValue())) await field.fill(ANSWERS[question] ?? `${question}-z`)
}

/** Goes through a page's form from field to field by Tab, fills in each, and presses the button where it ends. */
async function answerByKeyboard (page) {
  const address = page.url()
  const question = new URL(address).pathname.split('/').at(-1)
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const { activeElement: focused } = document
      const form = focused.closest('main form')
      const isLast = focused === [...form?.querySelectorAll('button') ?? []].at(-1)
      return { type: focused.type, name: focused.name, value: focused.value, isLast }
    })
    if (at.type === 'radio' || at.type === 'checkbox') await page.keyboard.press('Space')
    if (at.name === 'date' || at.name === 'time') await page.keyboard.press('Control+A')
    if (at.name === 'date') await page.keyboard.type(dayOf(question))
    if (at.name === 'time') await page.keyboard.type('00:01')
    if (at.name === 'answer' && ['text', 'textarea'].includes(at.type) && !at.value) {
      await page.keyboard.type(ANSWERS[question] ?? `${question}-z`)
    }
    if (at.isLast) {
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.href !== address)
      return
    }
  }
  throw new Error(`no button is reached by Tab: ${await text(page)}`)
}

const text = (page) => page.locator('main').innerText()

describe('journeys', () => {
  const at = looking()

  test('a wrong password is told, and tells nothing else', async () => {
    const page = await visit(at.chrome, at.address)
    for (const name of ['inspector', 'nobody-of-this-name']) {
      await page.goto('/sign-in')
      await page.fill('[name=name]', name)
      await page.fill('[name=password]', 'not ' + PASSWORD)
      await page.keyboard.press('Enter')
      await page.locator('.govuk-error-summary').waitFor()
      assert.deepEqual(await findings(page), [])
    }
    await page.context().close()
  })

  test('who signs in is led where they wanted to go', async () => {
    const page = await visit(at.chrome, at.address)
    await page.goto('/record')
    assert.equal(new URL(page.url()).pathname, '/sign-in')
    await page.fill('[name=name]', 'constable')
    await page.fill('[name=password]', PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/record')
    await page.context().close()
  })

  test('a breach that came up to the top is accepted, with a reason and what is done about it', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await visit(at.chrome, at.address, { who: 'scrutineer', javaScriptEnabled })
      const waiting = async () => Number(await page.locator('.wakeful-count[href*="answered=false"] .wakeful-count__number').innerText())
      const before = await waiting()
      assert.ok(before > 0, 'something waits for the scrutineer, at the top of the ladder')
      await page.goto('/duties?asked=true&answered=false&state=breached')
      await page.locator('main tbody a[href^="/duties/"]').first().click()
      await page.fill('[name=reason]', 'Nobody can undo it, and it is known why.')
      await page.fill('[name=action]', 'The team is told again who answers for it.')
      await page.locator('button[value=accepted]').click()
      await page.locator('.govuk-notification-banner--success').waitFor()
      await page.goto('/')
      assert.equal(await waiting(), before - 1, 'it does not wait any more')
      await page.context().close()
    }
  })

  for (const journey of SHORT ? JOURNEYS.slice(0, 2) : JOURNEYS) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      for (const javaScriptEnabled of SHORT ? [size === 'desktop'] : [true, false]) {
        const how = `${size}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`
        test(`${journey} is recorded: ${how}`, () => record(journey, width, javaScriptEnabled))
      }
    }
  }

  async function record (journey, width, javaScriptEnabled) {
    const page = await visit(at.chrome, at.address, { who: 'constable', width, javaScriptEnabled })
    await page.goto(`/record/${journey}`)
    const asked = await answerAll(page, async () => {
      if (javaScriptEnabled) assert.deepEqual(await findings(page), [], page.url())
    })
    assert.ok(asked.length > 2, `${asked}`)
    if (javaScriptEnabled) assert.deepEqual(await findings(page), [], page.url())
    await page.locator('main form button').last().click()
    await page.locator('.govuk-notification-banner--success').waitFor()
    await page.context().close()
  }

  for (const journey of SHORT ? JOURNEYS.slice(0, 1) : JOURNEYS) {
    test(`${journey} is recorded: with the keyboard alone`, async () => {
      const page = await visit(at.chrome, at.address, { who: 'constable' })
      await page.goto(`/record/${journey}`)
      while (!new URL(page.url()).pathname.endsWith('/check')) await answerByKeyboard(page)
      await answerByKeyboard(page)
      await page.locator('.govuk-notification-banner--success').waitFor()
      await page.context().close()
    })
  }

  test('a date that is none is told, and the answer is asked for again', async () => {
    const page = await visit(at.chrome, at.address, { who: 'constable' })
    await page.goto('/record/disclosure')
    while (!await page.locator('main input[name=date]').count()) {
      await answer(page, new URL(page.url()).pathname.split('/').at(-1))
      await page.locator('main form button').last().click()
    }
    await page.fill('main input[name=date]', 'soon')
    await page.locator('main form button').last().click()
    await page.locator('.govuk-error-summary').waitFor()
    assert.deepEqual(await findings(page), [])
    assert.equal(await page.inputValue('main input[name=date]'), 'soon')
    await page.context().close()
  })

  test('a draft survives a lost session', async () => {
    const page = await visit(at.chrome, at.address, { who: 'constable' })
    await page.goto('/record/disclosure')
    await page.locator('main form button').last().click()
    await page.context().clearCookies()
    await page.goto('/record')
    await page.fill('[name=name]', 'constable')
    await page.fill('[name=password]', PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/record')
    assert.ok(await page.locator('main a[href*="draft="]').count() > 0, 'the draft is there')
    await page.context().close()
  })

  test('a word that blames a child is told as one types, with better words, and nothing is blocked', async () => {
    const page = await visit(at.chrome, at.address, { who: 'constable' })
    await page.goto('/record/disclosure')
    while (!page.url().includes('/note')) {
      await answer(page, new URL(page.url()).pathname.split('/').at(-1))
      await page.locator('main form button').last().click()
    }
    await page.fill('textarea[name=answer]', 'She is making poor choices.')
    await page.locator('[data-wakeful-lens-found]:not([hidden]) li').first().waitFor()
    await page.locator('main form button').last().click()
    assert.match(await text(page), /poor choices/)
    await page.locator('main form button').last().click()
    await page.locator('.govuk-notification-banner--success').waitFor()
    await page.context().close()
  })
})
