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
  for (const script of [`${govuk}/govuk-frontend.min.js`, `${moj}/moj-frontend.min.js`, "wakeful.js", "enhanced.js"]) {
    write(`vendor/assets/${path.basename(script)}`, withoutMap(fs.readFileSync(script, "utf8")));
  }
}

const lines = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** The fixtures that govuk-frontend publishes, as they are. */
function published() {
  const rows = [];
  for (const file of filesIn(govuk).filter((file) => path.basename(file) === "fixtures.json")) {
    const { component, fixtures } = JSON.parse(fs.readFileSync(path.join(govuk, file), "utf8"));
    for (const { name, options, html } of fixtures) {
      rows.push({ template: `govuk/components/${component}/template.njk`, name, context: { params: options }, html });
    }
  }
  write("tests/fixtures/govuk.jsonl", lines(rows));
  return rows;
}

function environment() {
  const searched = ["node_modules/govuk-frontend/dist", "node_modules/@ministryofjustice/frontend"];
  const made = new nunjucks.Environment(new nunjucks.FileSystemLoader(searched), {
    autoescape: true, trimBlocks: true, lstripBlocks: true,
  });
  return made;
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
    const [, macro] = fs.readFileSync(`${moj}/components/${component}/macro.njk`, "utf8").match(/macro (\w+)\(/);
    const from = `{% from "moj/components/${component}/macro.njk" import ${macro} %}`;
    const call = body === undefined ? `{{ ${macro}(params) }}` : `{% call ${macro}(params) %}${body}{% endcall %}`;
    const source = `${from}${call}`;
    return { component, name, source, context: { params }, html: make(nunjucksHere, name, source, { params }) };
  });
  write("tests/fixtures/moj.jsonl", lines(rows));
  const language = examples.language.map(({ name, source, context }) =>
    ({ name, source, context, html: make(nunjucksHere, name, source, context) }));
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
