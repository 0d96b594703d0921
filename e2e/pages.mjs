// Every page, and who looks at it: what the tests walk through and the tour shows.

const DUTY = /^\/duties\/[0-9a-f]+$/
const LAST = 'main form button'

/** `find` goes from `path` on to a page whose address is not known beforehand, each time by the first link that fits. */
export const PAGES = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'today', path: '/', who: 'inspector' },
  { name: 'today-of-the-chief-officer', path: '/', who: 'chief' },
  { name: 'today-of-the-scrutineer', path: '/', who: 'scrutineer' },
  { name: 'today-of-a-partner', path: '/', who: 'social-worker' },
  { name: 'duty', path: '/', who: 'inspector', find: [DUTY] },
  { name: 'duty-to-answer', path: '/', who: 'scrutineer', find: [DUTY] },
  { name: 'case', path: '/', who: 'inspector', find: [DUTY, /^\/cases\//] },
  { name: 'case-to-print', path: '/', who: 'inspector', find: [DUTY, /^\/cases\//, /\/print$/] },
  { name: 'case-behind-glass', path: '/cases/k/break-glass', who: 'superintendent' },
  { name: 'child', path: '/', who: 'inspector', find: [DUTY, /^\/cases\//, /^\/children\//] },
  { name: 'team', path: '/', who: 'inspector', find: [/^\/teams\//] },
  { name: 'ladder', path: '/ladder', who: 'superintendent' },
  { name: 'duties-of-one-level', path: '/ladder', who: 'reviewer', find: [/^\/duties\?.*to=/] },
  { name: 'duties-none', path: '/duties?state=too-early&rule=none', who: 'inspector' },
  { name: 'places', path: '/places', who: 'reviewer' },
  { name: 'places-none', path: '/places', who: 'administrator' },
  { name: 'search', path: '/search', who: 'reviewer' },
  { name: 'search-found', path: '/search?q=child-k', who: 'reviewer' },
  { name: 'search-nothing', path: '/search?q=nothingofthekind', who: 'reviewer' },
  { name: 'command', path: '/command?to=2013-12', who: 'chief' },
  { name: 'duties-of-the-force', path: '/command?to=2013-12', who: 'chief', find: [/^\/duties\?.*state=overdue/] },
  { name: 'export', path: '/cases/k/export', who: 'reviewer' },
  { name: 'policy', path: '/policy', who: 'policy-lead' },
  { name: 'what-if', path: '/policy/what-if', who: 'policy-lead' },
  { name: 'rule', path: '/policy', who: 'policy-lead', find: [/^\/policy\/return-interview/] },
  { name: 'accounts', path: '/admin/accounts', who: 'administrator' },
  { name: 'watch', path: '/admin/health', who: 'administrator' },
  { name: 'record', path: '/record', who: 'constable' },
  { name: 'record-a-disclosure', path: '/record/disclosure', who: 'constable' },
  { name: 'account', path: '/account', who: 'inspector' },
  { name: 'nothing-there', path: '/nothing-there', who: 'inspector', status: 404 }
]

/** Those of them in other states: with nothing to show, with more than fits a page, and after a form that cannot be taken. */
export const STATES = [
  { name: 'sign-in, refused', path: '/sign-in', fill: { name: 'inspector', password: 'not this one' }, press: 'main form button[type=submit]:not([formaction])', status: 422 },
  { name: 'today, nothing', path: '/', who: 'administrator' },
  { name: 'duty to answer, without a date', path: '/', who: 'scrutineer', find: [DUTY], fill: { until: 'soon' }, press: 'button[value=act-by]', status: 422 },
  { name: 'duty to answer, without a reason', path: '/duties?asked=true&answered=false&state=breached', who: 'scrutineer', find: [DUTY], press: 'button[value=accepted]', status: 422 },
  { name: 'case behind glass, without a reason', path: '/cases/k/break-glass', who: 'superintendent', press: LAST, status: 422 },
  { name: 'case that nobody knows', path: '/cases/nobody-knows', who: 'reviewer', status: 404 },
  { name: 'child that nobody knows', path: '/children/nobody-knows', who: 'reviewer', status: 404 },
  { name: 'team that nobody knows', path: '/teams/nobody-knows', who: 'reviewer', status: 404 },
  { name: 'ladder, not theirs', path: '/ladder', who: 'constable', status: 403 },
  { name: 'duties, more than a page', path: '/duties?force=true', who: 'reviewer', find: [/[?&]after=/] },
  { name: 'duties, one', path: '/duties?force=true&state=met&rule=action-reported', who: 'reviewer', heading: 'Duties (1)' },
  { name: 'search, without words', path: '/search?q=', who: 'reviewer' },
  { name: 'command, a year of nothing', path: '/command?to=1999-12', who: 'chief' },
  { name: 'command, no month', path: '/command?to=soon', who: 'chief', status: 404 },
  { name: 'export, without a recipient', path: '/cases/k/export', who: 'reviewer', press: LAST, status: 422 },
  { name: 'what if, no rules', path: '/policy/what-if', who: 'policy-lead', fill: { text: 'no rules' }, press: LAST, status: 422 },
  { name: 'rule that nobody knows', path: '/policy/nobody-knows', who: 'policy-lead', status: 404 },
  { name: 'accounts, one without a name', path: '/admin/accounts', who: 'administrator', press: LAST, status: 422 },
  { name: 'tokens, one without a name', path: '/admin/tokens', who: 'administrator', press: LAST, status: 422 },
  { name: 'webhooks, one without an address', path: '/admin/webhooks', who: 'administrator', press: LAST, status: 422 },
  { name: 'password, not repeated', path: '/account/password', who: 'inspector', fill: { old: 'one', new: 'another one', again: 'a third' }, press: LAST, status: 422 }
]

/** Opens a page of the lists; says with which status it came. */
export async function open (page, { path, find = [], fill = {}, press }) {
  let answer = await page.goto(path)
  for (const fits of find) {
    const links = await page.locator('main a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    const link = links.find((href) => fits.test(href))
    if (!link) throw new Error(`no link on ${page.url()} fits ${fits}: ${links.join(' ')}`)
    answer = await page.goto(link)
  }
  for (const [field, value] of Object.entries(fill)) await page.fill(`main [name=${field}]`, value)
  if (press) {
    const told = page.waitForNavigation()
    await page.locator(press).last().click()
    answer = await told
    if (!await page.locator('.govuk-error-summary').count()) throw new Error(`${page.url()} tells of no error`)
  }
  return answer.status()
}
