// Every page, and who looks at it: what the tests walk through and the tour shows.

const DUTY = /^\/duties\/[0-9a-f]+$/

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

/** Opens a page of the list; says with which status it came. */
export async function open (page, { path, find = [] }) {
  let answer = await page.goto(path)
  for (const fits of find) {
    const links = await page.locator('main a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    const link = links.find((href) => fits.test(href))
    if (!link) throw new Error(`no link on ${page.url()} fits ${fits}: ${links.join(' ')}`)
    answer = await page.goto(link)
  }
  return answer.status()
}
