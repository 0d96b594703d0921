// Every page, and who looks at it: what the tests walk through and the tour shows.

/** `find` goes from `path` to a page whose address is not known beforehand: the first link that fits. */
export const PAGES = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'today', path: '/', who: 'inspector' },
  { name: 'today-of-the-chief-officer', path: '/', who: 'chief' },
  { name: 'today-of-a-partner', path: '/', who: 'social-worker' },
  { name: 'duty', path: '/', who: 'inspector', find: /^\/duties\/[0-9a-f]+$/ },
  { name: 'record', path: '/record', who: 'constable' },
  { name: 'record-a-disclosure', path: '/record/disclosure', who: 'constable' },
  { name: 'account', path: '/account', who: 'inspector' },
  { name: 'nothing-there', path: '/nothing-there', who: 'inspector', status: 404 }
]

/** Opens a page of the list; says with which status it came. */
export async function open (page, { path, find }) {
  const answer = await page.goto(path)
  if (!find) return answer.status()
  const links = await page.locator('main a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
  const link = links.find((href) => find.test(href))
  if (!link) throw new Error(`no link on ${path} fits ${find}: ${links.join(' ')}`)
  return (await page.goto(link)).status()
}
