// What the review of 2013 found, seen in the pages by the person who needs it: each finding of the worked example.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, test } from 'node:test'
import { looking, SHORT, visit } from '../site.mjs'

const example = resolve(import.meta.dirname, '../../examples/review-2013')
const { planted } = JSON.parse(readFileSync(resolve(example, 'expected.json'), 'utf8'))

/** The findings that pages answer; receipts, recommendations and proof are other parts of the product. */
const WALKED = ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10', 'F11', 'F12', 'F13', 'F14', 'F17', 'F18', 'F21']

const WORDS = {
  overdue: 'Overdue', breached: 'Not done', unrecorded: 'Not recorded', 'met-late': 'Done late', 'ended-late': 'Ended late'
}

const main = (page) => page.locator('main').innerText()

/** The text of a section of a page: from one heading to the next of its rank. */
async function section (page, id) {
  return page.evaluate((id) => {
    const heading = document.getElementById(id)
    const texts = []
    for (let next = heading.nextElementSibling; next && next.tagName !== heading.tagName; next = next.nextElementSibling) {
      texts.push(next.innerText)
    }
    return texts.join('\n')
  }, id)
}

describe('findings', () => {
  const at = looking()

  /** Somebody opens a page; what it says is handed on. */
  function sees (name, who, path, look) {
    test(name, async () => {
      const page = await visit(at.chrome, at.address, { who })
      const answer = await page.goto(path)
      assert.equal(answer.status(), 200, path)
      await look(page)
      await page.context().close()
    })
  }

  for (const finding of SHORT ? [] : WALKED) {
    test(`${finding}: a reviewer finds each duty that was not done`, async () => {
      const page = await visit(at.chrome, at.address, { who: 'reviewer' })
      const wanted = planted.filter((row) => row.finding === finding)
      assert.ok(wanted.length > 0)
      for (const { rule, key, state } of wanted) {
        await page.goto(`/duties?rule=${rule}&about=${encodeURIComponent(key)}&state=${state}`)
        assert.match(await main(page), new RegExp(WORDS[state]), `${rule} about ${key}`)
        await page.locator('main tbody a[href^="/duties/"]').first().click()
        const said = await main(page)
        assert.match(said, new RegExp(WORDS[state]), page.url())
        assert.match(said, /Why this is owed/)
        assert.match(said, /Why it stands where it stands/)
      }
      await page.context().close()
    })
  }

  sees('F1: the ladder says at whom duties stand, and which steps nobody decided', 'scrutineer', '/ladder', async (page) => {
    assert.match(await main(page), /[1-9]\d* of them passed a step that nobody decided/)
    await page.goto('/duties?rule=no-second-missed-meeting-police&about=person:child-m')
    await page.locator('main tbody a[href^="/duties/"]').first().click()
    const said = await main(page)
    for (const step of [/Step 2: superintendent/, /Step 3: chief officer/, /Step 4: independent scrutineer/, /Told/, /Not answered/]) {
      assert.match(said, step)
    }
  })

  sees('F2: the decision not to charge has the date by which it was to be challenged', 'reviewer',
    '/duties?rule=no-charge-challenged&about=person:child-c', async (page) => {
      await page.locator('main tbody a[href^="/duties/"]').first().click()
      assert.match(await main(page), /charging decision received[\s\S]*Due\s+\w+ \d+ \w+ 20\d\d/)
    })

  sees('F3: a team sees which requests were not answered, and how long ago', 'cid-inspector', '/teams/cid', async (page) => {
    const said = await section(page, 'requests')
    assert.match(said, /Overdue/)
    assert.match(said, /years ago/)
  })

  sees('F4: an interview by somebody untrained is warned about before it is booked', 'constable', '/record/interview-planned', async (page) => {
    for (let asked = 0; asked < 12 && !page.url().includes('/check'); asked++) {
      const question = new URL(page.url()).pathname.split('/').at(-1)
      const choice = page.locator('main fieldset').locator('input[type=radio], input[type=checkbox]').first()
      if (await choice.count()) await (question === 'interview-kind' ? page.locator('[value=evidential]') : choice).check()
      const date = page.locator('input[name=date]')
      if (await date.count()) {
        await date.fill(`1/6/${new Date().getUTCFullYear() + 1}`)
        await page.locator('input[name=time]').fill('10:00')
      }
      const field = page.locator('main input[name=answer]:not([type=radio]):not([type=checkbox]), main textarea[name=answer]')
      if (await field.count()) await field.fill({ interviewer: 'o06', child: 'child-z', case: '' }[question] ?? '')
      await page.locator('main form button').last().click()
    }
    assert.match(await main(page), /no valid training/i)
  })

  sees('F5: the time without a review is drawn in the case', 'reviewer', '/cases/m', async (page) => {
    const gaps = await section(page, 'gaps')
    assert.match(gaps, /5 March 2008/)
    assert.match(gaps, /January 2010/)
  })

  sees('F6: each missing episode, its places, and the address that keeps recurring', 'reviewer', '/children/child-k', async (page) => {
    assert.equal(await page.locator('#episodes + ol li').count(), 6)
    await page.goto('/places')
    assert.match(await main(page), /Place p1/)
  })

  sees('F7: words that blame a child, and whether anybody challenged them', 'reviewer', '/cases/g', async (page) => {
    assert.match(await main(page), /making poor choices/)
    await page.goto('/duties?rule=language-challenged&about=person:child-g')
    assert.match(await main(page), /Overdue/)
  })

  sees('F8: what turns up with several children is one picture, with the discussion that is owed', 'reviewer', '/places', async (page) => {
    const said = await main(page)
    for (const link of [/Place p2/, /Vehicle v1/, /Phone t1/, /Person adult-v/, /3 children/, /strategy discussion is held about a place/]) {
      assert.match(said, link)
    }
  })

  sees('F9 and F10: forty meetings without a record of the police, and a concern that was not answered', 'reviewer', '/cases/m', async (page) => {
    const meetings = await section(page, 'meetings')
    assert.equal(meetings.match(/Police\s+Not recorded/gi)?.length, 40)
    const concerns = await section(page, 'concerns')
    assert.match(concerns, /15 June 2009/)
    assert.match(concerns, /Not answered/i)
    assert.match(concerns, /Police missed 22 meetings/)
  })

  sees('F11: nothing followed what a child told', 'reviewer', '/cases/q', async (page) => {
    const open = await section(page, 'open')
    assert.match(open, /Overdue/)
    assert.match(open, /crime|referral|person/i)
  })

  sees('F12: suspects with nothing done, and for how long', 'reviewer', '/cases/r', async (page) => {
    const suspects = await section(page, 'suspects')
    assert.match(suspects, /adult-r/)
    assert.match(suspects, /No outcome/i)
    assert.match(suspects, /years ago/)
  })

  sees('F13: a child on the indictment is found', 'reviewer', '/cases/t-prosecution', async (page) => {
    assert.match(await main(page), /indictment/i)
  })

  sees('F14: victims who were never contacted, and who owes it', 'reviewer', '/duties?rule=potential-victim-contacted&state=overdue', async (page) => {
    const rows = await page.locator('main tbody tr').allInnerTexts()
    assert.equal(rows.length, 4, rows.join('\n'))
  })

  sees('F17: the day on which the team fell below what was promised', 'chief', '/command', async (page) => {
    const said = await main(page)
    assert.match(said, /cse-west/)
    const falls = said.split('cse-west')[1].split('When it fell below what was promised')[1]
    assert.match(falls, /Monday 24 June 2013: A post that takes a team below its commitment .* Done late/)
    assert.doesNotMatch(falls, /is recorded regularly/)
  })

  sees('F18: each agency, with its attendance and what it did not answer', 'chief', '/command', async (page) => {
    const table = await page.locator('main table', { hasText: 'Agency' }).innerText()
    for (const agency of [/Health/, /Education/, /Children services/i]) assert.match(table, agency)
  })

  test('F20: who looks is seen by those whose case it is, and a copy names for whom it was made', async () => {
    const reviewer = await visit(at.chrome, at.address, { who: 'reviewer' })
    await reviewer.goto('/cases/k/export')
    await reviewer.fill('[name=recipient]', 'Dana, children\'s services')
    await reviewer.fill('[name=purpose]', 'a conference')
    await reviewer.check('[value=csv]')
    const [copy] = await Promise.all([reviewer.waitForEvent('download'), reviewer.locator('main form button').last().click()])
    const text = readFileSync(await copy.path(), 'utf8')
    assert.match(text.split('\n')[1], /Dana, children's services/)
    await reviewer.goto('/cases/k')
    assert.match(await section(reviewer, 'readings'), /Reviewer, took a copy away \(for Dana, children's services: a conference/)
    await reviewer.context().close()
  })

  sees('F21: changes of officer, and contact that was promised and not kept', 'reviewer', '/children/child-a', async (page) => {
    const said = await main(page)
    assert.match(said, /Officers over time/)
    assert.match(said, /No contact recorded since/)
  })
})
