// Makes `vendor/` and `tests/fixtures/` from what npm gives; `scripts/front-end` calls it. The folder to write into is an argument.
import fs from "node:fs";
import path from "node:path";
import nunjucks from "nunjucks";
import * as sass from "sass";

process.env.TZ = "Europe/London";
const out = path.resolve(process.argv[2]);
const govuk = "node_modules/govuk-frontend/dist/govuk";
const moj = "node_modules/@ministryofjustice/frontend/moj";

const filesIn = (folder) =>
  fs.readdirSync(folder, { recursive: true }).map((name) => name.replaceAll("\\", "/")).sort();

function write(name, content) {
  const file = path.join(out, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

function templates(name, folder) {
  for (const file of filesIn(folder).filter((file) => file.endsWith(".njk"))) {
    write(`vendor/templates/${name}/${file}`, fs.readFileSync(path.join(folder, file)));
  }
}

const withoutMap = (script) => script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");

function assets() {
  const { css } = sass.compile("wakeful.scss", {
    style: "compressed", loadPaths: ["."], logger: sass.Logger.silent,
  });
  write("vendor/assets/wakeful.css", `${css.replace(/\/\*# sourceMappingURL=[^*]*\*\//g, "")}\n`);
  for (const [, image] of css.matchAll(/url\("?\/assets\/images\/([^")]+)"?\)/g)) {
    write(`vendor/assets/images/${image}`, fs.readFileSync(`${moj}/assets/images/${image}`));
  }
  for (const script of [`${govuk}/govuk-frontend.min.js`, `${moj}/moj-frontend.min.js`, "wakeful.js", "enhanced.js", "lens.js", "pages.css", "icon.svg"]) {
    write(`vendor/assets/${path.basename(script)}`, withoutMap(fs.readFileSync(script, "utf8")));
  }
}

const lines = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** A page that calls the macro of a component; `within` is the folder of its design system. */
function called(component, within, body) {
  const file = path.join(within, component.slice(component.indexOf("/")), "macro.njk");
  const [, macro] = fs.readFileSync(file, "utf8").match(/macro (\w+)\(/);
  const call = body === undefined ? `{{ ${macro}(params) }}` : `{% call ${macro}(params) %}${body}{% endcall %}`;
  return `{% from "${component}/macro.njk" import ${macro} %}${call}`;
}

/** The fixtures that govuk-frontend publishes, as they are. */
function published() {
  const rows = [];
  for (const file of filesIn(govuk).filter((file) => path.basename(file) === "fixtures.json")) {
    const { component, fixtures } = JSON.parse(fs.readFileSync(path.join(govuk, file), "utf8"));
    for (const { name, options, html } of fixtures) {
      rows.push({ component, name, source: called(`govuk/components/${component}`, govuk), context: { params: options }, html });
    }
  }
  write("tests/fixtures/govuk.jsonl", lines(rows));
  return rows;
}

/** Nunjucks as both design systems want it, with the files of an example. */
function environment(files = {}) {
  const searched = ["node_modules/govuk-frontend/dist", "node_modules/@ministryofjustice/frontend"];
  const getSource = (name) => (name in files ? { src: files[name], path: name, noCache: true } : null);
  return new nunjucks.Environment([{ getSource }, new nunjucks.FileSystemLoader(searched)], {
    autoescape: true, trimBlocks: true, lstripBlocks: true,
  });
}

function make(environment, name, source, context) {
  try {
    return environment.renderString(source, context);
  } catch (error) {
    throw new Error(`examples.json: \`${name}\`: ${error.message}`);
  }
}

/** Examples that publish no HTML, with what Nunjucks makes of them. */
async function rendered() {
  const nunjucksHere = environment();
  const { default: mojFilters } = await import(path.resolve(moj, "filters/all.js"));
  for (const [name, filter] of Object.entries(mojFilters())) {
    nunjucksHere.addFilter(name, filter);
  }
  const examples = JSON.parse(fs.readFileSync("examples.json", "utf8"));
  const rows = examples.moj.map(({ component, name, params, body }) => {
    const source = called(`moj/components/${component}`, moj, body);
    return { component, name, source, context: { params }, html: make(nunjucksHere, name, source, { params }) };
  });
  write("tests/fixtures/moj.jsonl", lines(rows));
  const language = examples.language.map(({ name, source, files, context }) =>
    ({ name, source, files, context, html: make(environment(files), name, source, context) }));
  write("tests/fixtures/nunjucks.jsonl", lines(language));
}

function versions() {
  const { packages } = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
  const taken = ["govuk-frontend", "@ministryofjustice/frontend"].map((name) => {
    const { version, license, integrity } = packages[`node_modules/${name}`];
    return { name, version, license, integrity };
  });
  write("vendor/versions.json", `${JSON.stringify(taken, null, 2)}\n`);
}

templates("govuk", govuk);
templates("moj", moj);
assets();
published();
await rendered();
versions();
