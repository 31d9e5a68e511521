// Files as shops, newsletters and spreadsheets write them, made at run time. Numbers are those reserved for fiction:
// 555-01xx in Canada, 0171 39200xx in Germany.

const HEADERS_OF_SHOPIFY =
  "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt";

/** Two customers, one with the apostrophes that Shopify puts before numbers. */
export const shopify = () =>
  `${HEADERS_OF_SHOPIFY}
'5001,Ana,Example,ana@shop.example,yes,,1 Front St,,Toronto,ON,CA,M5V,'+14165550199,'+14165550123,yes,10.00,1,"tea,coffee","two
lines",no
'5002,Ben,Example,ben@shop.example,no,,,,Toronto,ON,CA,M5V,+1 604-555-0145,,no,0.00,0,,,no
`;

/** HubSpot's contacts as a workbook, beside a sheet of notes. */
export const hubspot = () =>
  workbook([
    { name: "Notes", rows: [["To do: call the printer"]] },
    {
      name: "hubspot-crm-exports",
      rows: [
        [
          "Record ID",
          "First Name",
          "Last Name",
          "Email",
          "Phone Number",
          "Mobile Phone Number",
          "Marketing contact status",
          "Legal basis for processing contact's data",
          "Create Date",
        ],
        [
          1,
          "Cleo",
          "Example",
          "c@shop.example",
          "",
          "+15145550110",
          "Marketing contact",
          "Freely given consent",
          46145,
        ],
        [2, "Dan", "Example", "d@shop.example", 14165550101, "", "Non-marketing contact", "Not applicable", 46146],
      ],
    },
  ]);

const HEADERS_OF_MAILCHIMP =
  "Email Address,First Name,Last Name,Phone Number,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS";

/** Mailchimp's archive: who is subscribed, and who unsubscribed. */
export function mailchimp() {
  const row = (name, phone) =>
    `${name}@shop.example,${name},Example,${phone},2,"2018-04-18 13:51:14",203.0.113.7,"2018-04-18 13:51:14",203.0.113.7,,,,,,,,"2018-04-18 13:51:14",1,ab12,,"""tea"",""coffee"""\n`;
  return zip({
    "subscribed_members_export_1a2b.csv": `${HEADERS_OF_MAILCHIMP}\n${row("Eve", "+14165550102")}${row("Fay", "+14165550103")}`,
    "unsubscribed_members_export_1a2b.csv": `${HEADERS_OF_MAILCHIMP}\n${row("Gus", "+14165550104")}`,
    "cleaned_members_export_1a2b.csv": `${HEADERS_OF_MAILCHIMP}\n`,
    "nonsubscribed_members_export_1a2b.csv": `${HEADERS_OF_MAILCHIMP}\n${row("Hal", "+14165550105")}`,
  });
}

/** What a German Excel saves: a title, days as it shows them, semicolons, Windows-1252. */
export function germanExcel() {
  const table = `Kundenliste der Filiale;;;;;;
;;;;;;
Vorname;Nachname;Handynummer;WhatsApp-Einwilligung;Einwilligung am;Quelle;Ort
Jörg;Müller;0171 3920011;ja;03.05.2026;Ladentheke;Köln
Käthe;Groß;+49 171 3920012;ja;13.05.2026;Ladentheke;Köln
Uwe;Schäfer;4,91714E+11;ja;13.05.2026;Ladentheke;Köln
Eva;Öztürk;0171/3920014;nein;14.05.2026;Ladentheke;Bonn
`;
  return Buffer.from(table.replaceAll("\n", "\r\n"), "latin1");
}

/** A workbook of text and whole numbers. */
export function workbook(sheets) {
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const cell = (value) =>
    typeof value === "number" ? `<c><v>${value}</v></c>` : `<c t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
  const xml = (body) => `<?xml version="1.0" encoding="UTF-8"?>${body}`;
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const parts = "http://schemas.openxmlformats.org/package/2006/relationships";
  const members = {
    "[Content_Types].xml": xml(
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    ),
    "_rels/.rels": xml(
      `<Relationships xmlns="${parts}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ),
    "xl/workbook.xml": xml(
      `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${sheets.map(({ name }, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join("")}</sheets></workbook>`,
    ),
    "xl/_rels/workbook.xml.rels": xml(
      `<Relationships xmlns="${parts}">${sheets.map((_, i) => `<Relationship Id="rId${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join("")}</Relationships>`,
    ),
  };
  for (const [i, { rows }] of sheets.entries()) {
    const body = rows.map((row) => `<row>${row.map(cell).join("")}</row>`).join("");
    members[`xl/worksheets/sheet${i + 1}.xml`] = xml(
      `<worksheet xmlns="${main}"><sheetData>${body}</sheetData></worksheet>`,
    );
  }
  return zip(members);
}

/** An archive whose members are stored as they are. */
export function zip(members) {
  const files = [];
  const directory = [];
  let at = 0;
  for (const [name, text] of Object.entries(members)) {
    const [title, content] = [Buffer.from(name), Buffer.from(text)];
    const both = Buffer.alloc(26);
    both.writeUInt16LE(20, 0);
    both.writeUInt16LE(0x21, 8);
    both.writeUInt32LE(crc32(content), 10);
    both.writeUInt32LE(content.length, 14);
    both.writeUInt32LE(content.length, 18);
    both.writeUInt16LE(title.length, 22);
    files.push(Buffer.from("PK\x03\x04"), both, title, content);
    const entry = Buffer.alloc(16);
    entry.writeUInt32LE(at, 12);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), both, entry.subarray(2), title);
    at += 30 + title.length + content.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  const count = Object.keys(members).length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, listed, end]);
}

function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}
