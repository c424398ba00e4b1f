// The Try it page: facts on one side, the decision on the other, and a policy file that may be changed.
const place = document.querySelector("[data-try]");
const base = new URL(".", import.meta.url);

function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

function options(select, titles) {
  select.replaceChildren(...titles.map((title, index) => element("option", { value: index }, title)));
}

async function begin() {
  const data = await (await fetch(new URL("data.json", base))).json();
  const facts = place.querySelector("#try-facts");
  const samples = place.querySelector("#try-sample");
  const files = place.querySelector("#try-file");
  const policy = place.querySelector("#try-policy");
  const status = place.querySelector("#try-status");
  const result = place.querySelector("#try-result");
  const edits = new Map();

  options(samples, data.samples.map((s) => s.title));
  options(files, data.files.map((f) => f.path));
  const showSample = () => { facts.value = data.samples[samples.value].text; };
  const showFile = () => {
    const file = data.files[files.value];
    policy.value = edits.get(file.path) ?? file.text;
  };
  showSample();
  showFile();

  const worker = new Worker(new URL("worker.js", base), { type: "module" });
  let asked = 0;
  let shown = 0;
  function ask() {
    asked += 1;
    status.textContent = "Deciding …";
    worker.postMessage({ id: asked, question: { facts: facts.value, edits: Object.fromEntries(edits) } });
  }
  worker.onmessage = ({ data: said }) => {
    if (said.ready) {
      place.dataset.state = "ready";
      ask();
    } else if (said.fault) {
      status.textContent = `The interpreter could not run in this browser. ${said.fault}`;
      place.dataset.state = "failed";
    } else if (said.id > shown) {
      shown = said.id;
      status.textContent = said.id < asked ? "Deciding …" : `Decided in this browser in ${said.answer.seconds} seconds.`;
      show(result, said.answer);
      place.dataset.state = said.id < asked ? "deciding" : "decided";
    }
  };
  worker.onerror = (event) => { status.textContent = `The interpreter could not be started. ${event.message ?? ""}`; };

  let timer;
  const soon = () => { place.dataset.state = "deciding"; clearTimeout(timer); timer = setTimeout(ask, 400); };
  facts.addEventListener("input", soon);
  samples.addEventListener("change", () => { showSample(); soon(); });
  files.addEventListener("change", showFile);
  policy.addEventListener("input", () => {
    const file = data.files[files.value];
    if (policy.value === file.text) edits.delete(file.path);
    else edits.set(file.path, policy.value);
    soon();
  });
  place.querySelector("#try-reset").addEventListener("click", () => { edits.clear(); showFile(); soon(); });
}

const SAID = {
  supported: "supported", not_supported: "not supported", needs_information: "needs information", not_established: "not established",
};

function show(result, answer) {
  const parts = answer.messages.map((text) => element("pre", { class: "message" }, text));
  for (const service of answer.services) {
    const head = element("p", {}, element("strong", {}, service.code), ` ${service.title} `,
      element("span", { class: `badge badge-${service.status}` }, SAID[service.status] ?? service.status));
    if (service.units) head.append(` ${service.units} ${service.units === 1 ? "unit" : "units"}`);
    if (service.allowed) head.append(` · ${service.allowed}`);
    const box = element("div", { class: "answer", "data-code": service.code, "data-status": service.status }, head);
    for (const line of service.because) box.append(element("p", {}, line));
    if (service.rules.length) {
      const list = element("ul", {}, ...service.rules.map((r) => element("li", {}, `${r.outcome}: ${r.rule}, ${r.policy} ${r.edition}`)));
      box.append(element("details", {}, element("summary", {}, "Every rule"), list));
    }
    parts.push(box);
  }
  if (answer.lines.length) {
    const lines = answer.lines.map((l) => element("li", {}, `${l.code}: ${l.verdict.replaceAll("_", " ")}`));
    parts.push(element("h3", {}, "The claim, line by line"), element("ul", {}, ...lines));
  }
  result.replaceChildren(...parts);
}

if (place) begin();
