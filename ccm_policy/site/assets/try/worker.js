// Runs the interpreter, as it is, in the visitor's browser. Nothing that is typed leaves it: every address is this site's own.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const here = new URL(".", import.meta.url).href;

async function start() {
  const python = await loadPyodide({ indexURL: `${here}pyodide/` });
  const bundle = await (await fetch(`${here}bundle.zip`)).arrayBuffer();
  python.unpackArchive(bundle, "zip", { extractDir: "/site" });
  python.runPython("import sys; sys.path.insert(0, '/site/python')");
  return python.pyimport("ccm_policy.site.browser");
}

const ready = start();

self.onmessage = async ({ data }) => {
  try {
    const interpreter = await ready;
    const answer = interpreter.answer(JSON.stringify(data.question), "/site/policies", "/site/fee_schedules");
    self.postMessage({ id: data.id, answer: JSON.parse(answer) });
  } catch (fault) {
    self.postMessage({ id: data.id, fault: String(fault) });
  }
};

ready.then(
  () => self.postMessage({ ready: true }),
  (fault) => self.postMessage({ fault: String(fault) }),
);
