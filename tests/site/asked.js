// Asks the search of a finished site as its pages do, by the theme's own worker: `node asked.js SITE`, questions as a
// JSON list on standard input, for each the addresses of its first pages on standard output.
const fs = require("fs"), path = require("path"), vm = require("vm");
const site = process.argv[2];
const folder = path.join(site, "assets/javascripts/workers");
const worker = fs.readdirSync(folder).find((name) => /^search\..*\.min\.js$/.test(name));
const answers = [];
let ask;
const page = {
  console,
  addEventListener: (kind, listener) => { ask = listener; },
  postMessage: (answer) => answers.push(answer),
  importScripts: () => {},
};
page.self = page;
vm.createContext(page);
vm.runInContext(fs.readFileSync(path.join(folder, worker), "utf8"), page);

async function answer(type, data) {
  ask({ data: { type, data } });
  while (!answers.length) await new Promise((done) => setTimeout(done, 1));
  return answers.shift();
}

(async () => {
  const index = JSON.parse(fs.readFileSync(path.join(site, "search/search_index.json"), "utf8"));
  await answer(0, { config: index.config, docs: index.docs, options: { suggest: true } });
  const found = [];
  for (const words of JSON.parse(fs.readFileSync(0, "utf8"))) {
    const { items } = (await answer(2, words)).data;
    found.push(items.slice(0, 12).map((pages) => pages.map((one) => one.location)));
  }
  process.stdout.write(JSON.stringify(found));
})();
