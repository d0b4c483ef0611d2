// Makes project/static/*.css from the sources beside this file: `make styles`. Each file says from which sources it
// was made, and a house test holds it to that, so that nobody needs Node.js to run or to prove the product.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const version = JSON.parse(readFileSync(join(here, "package.json"))).devDependencies["govuk-frontend"];
const sources = ["", "applicant/", "office/"].flatMap((folder) =>
  readdirSync(join(here, folder)).filter((name) => name.endsWith(".scss")).map((name) => folder + name),
);
const hash = createHash("sha256");
for (const source of ["package.json", ...sources].sort()) {
  hash.update(readFileSync(join(here, source)));
}
const fingerprint = hash.digest("hex").slice(0, 16);

for (const [source, made] of [["applicant", "dong-hanh"], ["office", "office"]]) {
  const { css } = compile(join(here, `${source}.scss`), { style: "compressed", quietDeps: true });
  const borrowed = source === "applicant" ? `With parts of GOV.UK Frontend ${version}, MIT: LICENSE-govuk-frontend. ` : "";
  writeFileSync(join(here, "..", "static", `${made}.css`), `/*! ${borrowed}Made from project/styles, ${fingerprint} */\n${css.replace(/^\uFEFF/, "")}\n`);
}
