// Files a reader saves: CSV, XLSX, SVG, PNG, made in the page without a library.

function save(name, data, type) {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** Keep a text from being run as a formula by a spreadsheet. */
const guard = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function toCsv(rows) {
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const text = guard(String(value));
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** Pack files without compression; the date is 1980, as no clock belongs in a file. */
function zip(files) {
  const encoder = new TextEncoder(), parts = [], directory = [];
  let offset = 0;
  for (const [name, text] of files) {
    const path = encoder.encode(name), data = encoder.encode(text);
    const head = (central) => {
      const view = new DataView(new ArrayBuffer(central ? 46 : 30));
      let at = 0;
      const put = (size, value) => {
        if (size === 4) view.setUint32(at, value, true);
        else view.setUint16(at, value, true);
        at += size;
      };
      put(4, central ? 0x02014b50 : 0x04034b50);
      if (central) put(2, 20);
      put(2, 20); put(2, 0x0800); put(2, 0); put(2, 0); put(2, 0x21);
      put(4, crc32(data)); put(4, data.length); put(4, data.length);
      put(2, path.length); put(2, 0);
      if (central) { put(2, 0); put(2, 0); put(2, 0); put(4, 0); put(4, offset); }
      return new Uint8Array(view.buffer);
    };
    const local = head(false);
    directory.push(head(true), path);
    parts.push(local, path, data);
    offset += local.length + path.length + data.length;
  }
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, files.length, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, size, true);
  end.setUint32(16, offset, true);
  return new Blob([...parts, ...directory, end.buffer]);
}

const escapeXml = (text) =>
  String(text)
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Write sheets ([name, rows] each) as a workbook of plain cells. */
function toXlsx(sheets) {
  const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
  const letter = (n) => (n < 26 ? "" : letter(Math.floor(n / 26) - 1)) + String.fromCharCode(65 + (n % 26));
  const sheet = (rows) =>
    `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${rows.map((row, r) =>
      `<row r="${r + 1}">${row.map((value, c) => {
        if (value === null || value === undefined || value === "") return "";
        const at = `${letter(c)}${r + 1}`;
        return typeof value === "number"
          ? `<c r="${at}"><v>${value}</v></c>`
          : `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(value)}</t></is></c>`;
      }).join("")}</row>`).join("")}</sheetData></worksheet>`;
  const numbers = sheets.map((_, n) => n + 1);
  return zip([
    ["[Content_Types].xml", `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>${numbers.map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`).join("")}</Types>`],
    ["_rels/.rels", `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ["xl/workbook.xml", `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets.map(([name], n) => `<sheet name="${escapeXml(name.replace(/[[\]:*?/\\]/g, " ").slice(0, 31))}" sheetId="${n + 1}" r:id="rId${n + 1}"/>`).join("")}</sheets></workbook>`],
    ["xl/_rels/workbook.xml.rels", `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${numbers.map((n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join("")}</Relationships>`],
    ...sheets.map(([, rows], n) => [`xl/worksheets/sheet${n + 1}.xml`, sheet(rows)]),
  ]);
}

const INLINED = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "paint-order", "visibility", "display"];

/** Copy a drawing of the page with its style sheet worked into it. */
function inlined(drawing) {
  const copy = drawing.cloneNode(true);
  const originals = [drawing, ...drawing.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((one, n) => {
    const style = getComputedStyle(originals[n]);
    for (const name of INLINED) one.setAttribute(name, style.getPropertyValue(name).replaceAll('"', "'"));
    for (const name of ["class", "tabindex", "role", "aria-label", "aria-hidden", "style"]) one.removeAttribute(name);
  });
  return copy;
}

/** Break a text into lines of at most `room`; between any two signs of Chinese. */
function broken(text, room, measure) {
  const lines = [""];
  for (const piece of text.match(/[\u2e80-\uffef][，。；：、）”]?|[^\s\u2e80-\uffef]+|\s+/g) || []) {
    const longer = lines[lines.length - 1] + piece;
    if (measure(longer.trimEnd()) <= room || longer.trim() === piece.trim()) lines[lines.length - 1] = longer;
    else lines.push(piece.trimStart());
  }
  return lines.map((line) => line.trim());
}

/**
 * Write a drawing as a picture that can be understood by itself: with title, unit and
 * result in its head, a legend, and sources at its foot.
 */
function picture(drawing, { title, head, legend, foot }) {
  const { width, height } = drawing.viewBox.baseVal, edge = 12, room = width - 2 * edge;
  const style = getComputedStyle(drawing), family = style.fontFamily.replaceAll('"', "'");
  const canvas = document.createElement("canvas").getContext("2d");
  const node = (tag, attributes, ...children) => {
    const made = document.createElementNS(drawing.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const parts = [];
  let y = 8;
  const write = (text, size, weight, colour) => {
    canvas.font = `${weight} ${size}px ${family}`;
    for (const line of broken(text, room, (one) => canvas.measureText(one).width)) {
      y += Math.round(size * 1.35);
      parts.push(node("text", { x: edge, y, fill: colour, "font-family": family, "font-size": `${size}px`, "font-weight": weight }, line));
    }
  };
  const muted = getComputedStyle(drawing.parentNode).getPropertyValue("--x-muted").trim() || style.color;
  write(title, 16, 600, style.color);
  for (const line of head) write(line, 12, 400, muted);
  y += 6;
  parts.push(node("g", { transform: `translate(0 ${y})` }, ...inlined(drawing).childNodes));
  y += height + 6;
  canvas.font = `400 12px ${family}`;
  let x = edge, row = 0;
  for (const { sample, text } of legend) {
    const wide = 42 + canvas.measureText(text).width;
    if (x > edge && x + wide > width - edge) { x = edge; row += 1; }
    const middle = y + 10 + 18 * row, sign = inlined(sample);
    for (const [name, value] of [["x", x], ["y", middle - 6]]) sign.setAttribute(name, value);
    parts.push(sign, node("text", { x: x + 40, y: middle + 4, fill: style.color, "font-family": family, "font-size": "12px" }, text));
    x += wide + 16;
  }
  y += 18 * (row + 1) + 6;
  for (const line of foot) write(line, 11, 400, muted);
  const whole = Math.ceil(y + 12), page = style.backgroundColor;
  const drawn = node("svg", { viewBox: `0 0 ${width} ${whole}`, width, height: whole },
    node("title", {}, title),
    node("rect", { width, height: whole, fill: /^rgba\(.*, 0\)$|transparent/.test(page) ? "#ffffff" : page }),
    ...parts);
  return { text: new XMLSerializer().serializeToString(drawn), width, height: whole };
}

/** Paint a drawing as PNG, at twice its size. */
function toPng(svg, width, height) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 2 * width;
      canvas.height = 2 * height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
    };
    image.onerror = () => reject(new Error("the drawing cannot be painted"));
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
}

export { picture, save, toCsv, toPng, toXlsx };
