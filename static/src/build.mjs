// Compiles sass/edn.scss and js/edn.js into static/edn/. Run by `make theme`; the result is committed.
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { buildSync } from "esbuild";
import { compile } from "sass";

const target = "../edn/";

const { css } = compile("sass/edn.scss", { style: "compressed", loadPaths: ["node_modules/govuk-frontend/dist"] });
writeFileSync(`${target}edn.css`, css + "\n");

buildSync({
  entryPoints: ["js/edn.js"],
  outfile: `${target}edn.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020",
  legalComments: "none",
  banner: { js: "/* Includes parts of GOV.UK Frontend (MIT): see static/src/package.json. */" },
});

for (const image of readdirSync("images")) copyFileSync(`images/${image}`, target + image);
