// A server on a fresh record of the worked example, and a browser to look at it with.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before } from 'node:test'
import { chromium } from 'playwright-core'

const root = resolve(import.meta.dirname, '..')
const example = join(root, 'examples/review-2013')
const wakeful = process.env.WAKEFUL ?? join(root, 'target/debug/wakeful')

export const PASSWORD = 'a password for looking'
export const WIDTHS = { desktop: 1280, phone: 375 }

/** Whether only what a change has to pass is run. */
export const SHORT = Boolean(process.env.SHORT)

/** Those who sign in: name, officer, grant, and how they are shown. */
export const people = readFileSync(join(example, 'accounts.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [name, officer, grant, shown] = line.split(',')
    return { name, officer, grant, shown }
  })

/** Starts a server; `stop` ends it and takes its record away. */
export async function start () {
  const folder = mkdtempSync(join(tmpdir(), 'wakeful-e2e-'))
  const data = join(folder, 'data')
  const passwords = join(folder, 'password')
  writeFileSync(passwords, PASSWORD + '\n')
  const run = (...words) => execFileSync(wakeful, words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  run('import', join(example, 'events.jsonl'), '--data', data, '--policy', join(root, 'policies/england'))
  for (const { name, officer, grant, shown } of people) {
    const grants = grant ? ['--grant', grant] : []
    run('user', 'add', name, '--officer', officer, '--shown', shown, ...grants,
      '--password-file', passwords, '--keep-password', '--data', data)
  }
  const words = ['serve', '--data', data, '--policy', join(root, 'policies/england'), '--listen', '127.0.0.1:0']
  const server = spawn(wakeful, words, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  const address = await said(server, /listening at (http:\S+)/)
  const stop = async () => {
    server.kill()
    await new Promise((done) => server.once('exit', done))
    rmSync(folder, { recursive: true })
  }
  return { address, stop }
}

/** What a program says that fits a pattern. */
function said (program, pattern) {
  return new Promise((resolve, reject) => {
    let text = ''
    program.stderr.on('data', (piece) => {
      text += piece
      const found = pattern.exec(text)
      if (found) resolve(found[1])
    })
    program.once('exit', () => reject(new Error(`the server ended: ${text}`)))
  })
}

/** Starts the browser that the system has. */
export function browser () {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** Has the tests of a suite share a server and a browser, which are there once the first of them runs. */
export function looking () {
  const at = {}
  before(async () => {
    const { address, stop } = await start()
    Object.assign(at, { address, stop, chrome: await browser() })
  })
  after(async () => {
    await at.chrome?.close()
    await at.stop?.()
  })
  return at
}

/** A window of somebody who has signed in, or of nobody. */
export async function visit (browser, address, { who, width = WIDTHS.desktop, javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({ baseURL: address, viewport: { width, height: 900 }, javaScriptEnabled })
  const page = await context.newPage()
  page.troubles = []
  page.on('console', (message) => { if (message.type() === 'error') page.troubles.push(message.text()) })
  page.on('pageerror', (error) => page.troubles.push(error.message))
  if (who) await signIn(page, who)
  return page
}

export async function signIn (page, who) {
  await page.goto('/sign-in')
  await page.fill('[name=name]', who)
  await page.fill('[name=password]', PASSWORD)
  await page.click('main button[type=submit], main button:not([type])')
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
}
