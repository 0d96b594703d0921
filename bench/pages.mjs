// How fast pages are with a large record: 50 people ask for a page every five seconds, on the same machine as the server.
// `node bench/pages.mjs [events] [seconds] [rates]`; WAKEFUL names the program, WAKEFUL_DATA a folder that is kept and used again; what goes
// wrong in the force is at the mission's rates, or at those of a file.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const wakeful = process.env.WAKEFUL ?? join(root, 'target/release/wakeful')
const events = Number(process.argv[2] ?? 1_000_000)
const seconds = Number(process.argv[3] ?? 120)
const rates = process.argv[4] ? resolve(process.argv[4]) : 'mission'
const PEOPLE = 50
const EACH_MS = 5_000
const PASSWORD = 'a password for looking'

const folder = process.env.WAKEFUL_DATA ?? mkdtempSync(join(tmpdir(), 'wakeful-pages-'))
const data = join(folder, 'data')
const policy = join(root, 'policies/england')
const run = (...words) => execFileSync(wakeful, words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 }).toString()

/** One request on a connection that is kept; with the time until its whole answer was there. */
const agent = new http.Agent({ keepAlive: true, maxSockets: PEOPLE * 2 })
function ask (address, { path, method = 'GET', headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    const request = http.request(address + path, { method, headers, agent }, (answer) => {
      const pieces = []
      answer.on('data', (piece) => pieces.push(piece))
      answer.on('end', () => {
        const bytes = Buffer.concat(pieces)
        resolve({ status: answer.statusCode, headers: answer.headers, bytes, ms: performance.now() - begun })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Somebody at a browser: what they are shown leads them on. */
class Person {
  constructor (address, name) {
    Object.assign(this, { address, name, cookies: new Map(), known: new Map() })
  }

  async get (path, encoding = 'identity') {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await ask(this.address, { path, headers: { cookie, 'accept-encoding': encoding } })
    this.keep(answer)
    return answer
  }

  keep ({ headers }) {
    for (const cookie of headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)
      this.cookies.set(name, value)
    }
  }

  async signIn () {
    const page = (await this.get('/sign-in')).bytes.toString()
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)[1]
    const body = new URLSearchParams({ csrf, name: this.name, password: PASSWORD, return: '/' }).toString()
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await ask(this.address, { path: '/sign-in', method: 'POST', headers, body })
    this.keep(answer)
    if (answer.status !== 303) throw new Error(`${this.name} cannot sign in: ${answer.status}`)
    for (const path of ['/', '/duties?owed=true', '/places', '/policy', '/search', '/ladder', '/command', '/record']) this.learn(path)
    this.learn('/search?q=station')
    this.learn('/search?q=child')
  }

  learn (path) {
    const sort = sortOf(path)
    const known = this.known.get(sort) ?? this.known.set(sort, new Set()).get(sort)
    if (known.size < 40) known.add(path)
  }

  /** The next page: first a sort, then one of it. */
  next () {
    const sorts = [...this.known.values()]
    const paths = [...sorts[Math.floor(Math.random() * sorts.length)]]
    return paths[Math.floor(Math.random() * paths.length)]
  }
}

const sortOf = (path) => {
  if (path.startsWith('/search?')) return '/search?q='
  if (path.startsWith('/duties?')) return '/duties?'
  return path.replace(/\?.*/, '').replace(/^\/(duties|cases|children|teams|policy)\/[^/]+(\/print)?$/, '/$1/…$2')
}

const PAGES = /href="(\/(?:duties\/[0-9a-f]{32}|duties\?[^"]*|cases\/[^"/#]+|cases\/[^"/#]+\/print|children\/[^"/#]+|teams\/[^"/#]+))"/g

function prepare () {
  if (existsSync(join(data, 'ready'))) return
  mkdirSync(folder, { recursive: true })
  const lines = join(folder, 'force.jsonl')
  const begun = performance.now()
  const today = new Date().toISOString().slice(0, 10)
  const from = `${Number(today.slice(0, 4)) - 4}-01-01`
  run('synth', '--events', String(events), '--failures', rates, '--from', from, '--to', today, '--out', lines)
  run('import', lines, '--data', data, '--policy', policy, '--source', 'force')
  console.log(`${events} events made and imported in ${((performance.now() - begun) / 1000).toFixed(0)} s`)
  rmSync(lines)
}

async function serve () {
  const begun = performance.now()
  const server = spawn(wakeful, ['serve', '--data', data, '--policy', policy, '--listen', '127.0.0.1:0'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  const address = await new Promise((resolve, reject) => {
    let text = ''
    server.stderr.on('data', (piece) => {
      text += piece
      const found = /listening at (http:\S+)/.exec(text)
      if (found) resolve(found[1])
    })
    server.once('exit', () => reject(new Error(`the server ended: ${text}`)))
  })
  return { server, address, took: (performance.now() - begun) / 1000 }
}

/** Officers who owe something, each with an account; and some who look at everything. */
async function accounts (address) {
  const names = join(data, 'ready')
  if (existsSync(names)) return JSON.parse(readFileSync(names))
  const token = run('user', 'token', `bench-${process.pid}`, '--scope', 'read', '--data', data).trim().split(/\s+/).at(-1)
  const officers = new Set()
  let cursor = ''
  while (officers.size < PEOPLE - 5) {
    const answer = await ask(address, { path: `/api/v1/duties?state=pending,overdue&limit=500${cursor}`, headers: { authorization: `Bearer ${token}` } })
    const { items, next } = JSON.parse(answer.bytes)
    for (const { holders, ladder } of items) {
      for (const officer of [...(holders ?? []), ...ladder.flatMap((step) => step.holders ?? [])]) officers.add(officer)
    }
    if (!next) break
    cursor = `&cursor=${next}`
  }
  const password = join(folder, 'password')
  writeFileSync(password, PASSWORD + '\n')
  const people = [...officers].slice(0, PEOPLE - 5).map((officer, place) => ({ name: `person-${place}`, officer, grant: [] }))
  for (let place = 0; place < 5; place++) people.push({ name: `reviewer-${place}`, officer: `officer:reviewer-${place}`, grant: ['--grant', 'reviewer'] })
  for (const { name, officer, grant } of people) {
    run('user', 'add', name, '--officer', officer, '--shown', name, ...grant, '--password-file', password, '--keep-password', '--data', data)
  }
  writeFileSync(names, JSON.stringify(people.map(({ name }) => name)))
  return people.map(({ name }) => name)
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]

async function main () {
  prepare()
  const { server, address, took } = await serve()
  console.log(`the server listened after ${took.toFixed(1)} s`)
  try {
    const people = []
    for (const name of await accounts(address)) {
      const person = new Person(address, name)
      await person.signIn()
      people.push(person)
    }
    console.log(`${people.length} people signed in; load ${loadavg()[0].toFixed(1)}`)
    const times = new Map()
    const ends = performance.now() + seconds * 1000
    const wrong = []
    await Promise.all(people.map(async (person, place) => {
      await new Promise((resolve) => setTimeout(resolve, place * EACH_MS / people.length))
      while (performance.now() < ends) {
        const path = person.next()
        const { status, ms, bytes } = await person.get(path)
        if (status === 200) {
          const sort = sortOf(path)
          const known = times.get(sort) ?? times.set(sort, []).get(sort)
          known.push(ms)
          for (const [, link] of bytes.toString().matchAll(PAGES)) person.learn(link.replaceAll('&amp;', '&'))
        } else if (status !== 403) wrong.push(`${status} ${path}`)
        if (status !== 200) person.known.get(sortOf(path)).delete(path)
        for (const [sort, paths] of person.known) if (!paths.size) person.known.delete(sort)
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, EACH_MS - ms)))
      }
    }))
    const all = []
    console.log('page'.padEnd(22), 'asked'.padStart(6), 'p50 ms'.padStart(8), 'p95 ms'.padStart(8), 'most ms'.padStart(8))
    for (const [sort, found] of [...times].sort()) {
      found.sort((a, b) => a - b)
      all.push(...found)
      console.log(sort.padEnd(22), String(found.length).padStart(6), ...[0.5, 0.95, 1].map((share) => at(found, share).toFixed(1).padStart(8)))
    }
    all.sort((a, b) => a - b)
    console.log('all'.padEnd(22), String(all.length).padStart(6), ...[0.5, 0.95, 1].map((share) => at(all, share).toFixed(1).padStart(8)))
    const first = await people[0].get('/', 'br, gzip')
    const memory = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]
    console.log(`first page ${(first.bytes.length / 1000).toFixed(1)} kB as ${first.headers['content-encoding'] ?? 'it is'}; server at most ${(memory / 1000).toFixed(0)} MB; load ${loadavg()[0].toFixed(1)}`)
    if (wrong.length) console.log(`${wrong.length} answers were neither 200 nor 403: ${wrong.slice(0, 5).join('; ')}`)
  } finally {
    server.kill()
    await new Promise((resolve) => server.once('exit', resolve))
    if (!process.env.WAKEFUL_DATA) rmSync(folder, { recursive: true })
  }
}

await main()
