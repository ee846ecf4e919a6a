// What npos, an ESC/POS interpreter of others, reads in a printer's bytes: a line of JSON for each text and each picture.
"use strict";
const fs = require("fs");
const npos = require("npos");

npos.parser().parse(fs.readFileSync(process.argv[2])).then((ast) => {
  if (ast.error) throw ast.error;
  for (const entry of ast.entries) {
    if (entry.type === "text") {
      console.log(JSON.stringify({ text: Buffer.from(entry.data).toString("latin1") }));
    } else if (entry.type === "raster") {
      const { width, height } = entry.data;
      let dots = "";
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) dots += entry.data.getPixel(x, y) === 0 ? "1" : "0";
      }
      console.log(JSON.stringify({ width, height, dots }));
    }
  }
}).catch((error) => {
  console.error(error);
  process.exit(1);
});
